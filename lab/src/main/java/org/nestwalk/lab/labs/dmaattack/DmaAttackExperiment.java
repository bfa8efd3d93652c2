package org.nestwalk.lab.labs.dmaattack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.devices.MappingMode;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Mode;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What a hostile device gets of memory under each way of protection, and what a hostile guest gets
/// by a device of its own.
public final class DmaAttackExperiment implements Experiment<DmaAttackResult> {
    private static final String MODE = "mode";
    private static final String SECRETS = "secrets";
    private static final String SEED = "seed";

    private static final Spec SPEC =
            new Spec(
                    "dma-attack",
                    "What hostile devices, and guests with devices, get of memory.",
                    "an IOMMU after VT-d; the device knows every address, and reads and writes"
                            + " between any two steps of its driver",
                    null,
                    List.of(
                            Machines.parameter("skylake-sp"),
                            Parameter.of(
                                            MODE,
                                            "how memory is protected",
                                            new Domain.Choice(modes()),
                                            MappingMode.STRICT.label())
                                    .by(modes().toArray(String[]::new))
                                    .several(),
                            Parameter.count(SECRETS, "of each kind", 400, 1, 4_096),
                            Parameter.seed("of secrets, and of when the device goes on")));

    private static List<String> modes() {
        return Arrays.stream(MappingMode.values()).map(MappingMode::label).toList();
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public DmaAttackResult run(Laboratory laboratory, Arguments given) {
        ProcessorModel model = Timing.blocking(given);
        int secrets = given.whole(SECRETS);
        long seed = given.seed(SEED);
        List<Function<Meter, Mode>> parts = new ArrayList<>();
        for (MappingMode mode : MappingMode.values()) {
            if (given.texts(MODE).contains(mode.label())) {
                parts.add(meter -> {
                    Mode result = HostileDevice.attack(model, mode, secrets, seed);
                    meter.add(secrets);
                    return result;
                });
            }
        }
        List<Mode> modes = laboratory.inOrder((long) parts.size() * secrets, parts);
        return new DmaAttackResult(
                model.name(),
                secrets,
                modes,
                later(laboratory, () -> OtherAttacks.all(model, secrets, seed)),
                later(laboratory, () -> WrongOrders.all(model, secrets, seed)));
    }

    private interface Rows<T> {
        List<T> make();
    }

    private static <T> List<T> later(Laboratory laboratory, Rows<T> rows) {
        if (laboratory.isEnded()) {
            return List.of();
        }
        try {
            return laboratory
                    .inOrder(List.<Function<Meter, List<T>>>of(_ -> rows.make()))
                    .getFirst();
        } catch (EndedEarly nothing) {
            return List.of();
        }
    }

    @Override
    public Document document(DmaAttackResult result) {
        return DmaAttackDocument.of(result);
    }
}
