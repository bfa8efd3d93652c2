package org.nestwalk.lab.labs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.channel.ChannelExperiment;
import org.nestwalk.lab.labs.curve.CurveExperiment;
import org.nestwalk.lab.labs.devices.DevicesExperiment;
import org.nestwalk.lab.labs.dirty.DirtyTrackingExperiment;
import org.nestwalk.lab.labs.dmaattack.DmaAttackExperiment;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingExperiment;
import org.nestwalk.lab.labs.encryption.EncryptionExperiment;
import org.nestwalk.lab.labs.fidelity.FidelityExperiment;
import org.nestwalk.lab.labs.fork.ForkExperiment;
import org.nestwalk.lab.labs.hint.HintExperiment;
import org.nestwalk.lab.labs.integrity.IntegrityExperiment;
import org.nestwalk.lab.labs.intrusion.IntrusionExperiment;
import org.nestwalk.lab.labs.largepages.LargePagesExperiment;
import org.nestwalk.lab.labs.layout.LayoutExperiment;
import org.nestwalk.lab.labs.merging.MergingExperiment;
import org.nestwalk.lab.labs.migration.MigrationExperiment;
import org.nestwalk.lab.labs.migration.MoveExperiment;
import org.nestwalk.lab.labs.numa.NumaExperiment;
import org.nestwalk.lab.labs.paper.PaperExperiment;
import org.nestwalk.lab.labs.permissions.PermissionsExperiment;
import org.nestwalk.lab.labs.prefetch.PrefetchExperiment;
import org.nestwalk.lab.labs.restore.RestoreComparisonExperiment;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.transactions.TransactionsExperiment;
import org.nestwalk.lab.labs.validate.ValidateExperiment;
import org.nestwalk.lab.labs.vm.VmRunExperiment;
import org.nestwalk.lab.labs.watchpoints.WatchpointsExperiment;

/// All experiments, by name.
public final class Experiments {
    private static final List<Experiment<?>> ALL =
            List.of(
                    new DevicesExperiment(),
                    new DirtyTrackingExperiment(),
                    new DmaAttackExperiment(),
                    new DoubleCachingExperiment(),
                    new EncryptionExperiment(),
                    new FidelityExperiment(),
                    ForkExperiment.comparison(),
                    new HintExperiment(),
                    new IntegrityExperiment(),
                    new IntrusionExperiment(),
                    new LargePagesExperiment(),
                    new LayoutExperiment(),
                    new MergingExperiment(),
                    new MigrationExperiment(),
                    new MoveExperiment(),
                    new NumaExperiment(),
                    new PaperExperiment(),
                    new PermissionsExperiment(),
                    new PrefetchExperiment(),
                    new RestoreComparisonExperiment(),
                    new ChannelExperiment(),
                    new TransactionsExperiment(),
                    new WatchpointsExperiment());

    // Commands of their own.
    private static final List<Experiment<?>> OTHERS =
            List.of(
                    new CurveExperiment(),
                    new RunExperiment(),
                    new ValidateExperiment(),
                    new VmRunExperiment());

    private Experiments() {}

    /// All of the lab, in the order to show them.
    public static List<Experiment<?>> all() {
        return ALL;
    }

    /// All of the lab, and those that are commands of their own.
    public static List<Experiment<?>> withCommands() {
        return Stream.concat(ALL.stream(), OTHERS.stream()).toList();
    }

    /// The words of the command that runs `spec`, such as `vm run` or `lab fork`.
    public static String command(Experiment.Spec spec) {
        return ALL.stream().anyMatch(one -> one.spec().equals(spec))
                ? "lab " + spec.name()
                : spec.name().replace('-', ' ');
    }

    /// The experiment of that name, whether of the lab or a command of its own, if there is one.
    public static Optional<Experiment<?>> find(String name) {
        return withCommands().stream().filter(one -> one.spec().name().equals(name)).findFirst();
    }
}
