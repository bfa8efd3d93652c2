package org.nestwalk.lab.labs;

import java.util.List;
import java.util.Optional;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.channel.ChannelExperiment;
import org.nestwalk.lab.labs.encryption.EncryptionExperiment;
import org.nestwalk.lab.labs.hint.HintExperiment;
import org.nestwalk.lab.labs.largepages.LargePagesExperiment;
import org.nestwalk.lab.labs.merging.MergingExperiment;
import org.nestwalk.lab.labs.numa.NumaExperiment;
import org.nestwalk.lab.labs.permissions.PermissionsExperiment;
import org.nestwalk.lab.labs.transactions.TransactionsExperiment;

/// All experiments, by name.
public final class Experiments {
    private static final List<Experiment<?>> ALL =
            List.of(
                    new EncryptionExperiment(),
                    new HintExperiment(),
                    new LargePagesExperiment(),
                    new MergingExperiment(),
                    new NumaExperiment(),
                    new PermissionsExperiment(),
                    new ChannelExperiment(),
                    new TransactionsExperiment());

    private Experiments() {}

    /// All, in the order to show them.
    public static List<Experiment<?>> all() {
        return ALL;
    }

    /// The experiment of that name, if there is one.
    public static Optional<Experiment<?>> find(String name) {
        return ALL.stream().filter(one -> one.spec().name().equals(name)).findFirst();
    }
}
