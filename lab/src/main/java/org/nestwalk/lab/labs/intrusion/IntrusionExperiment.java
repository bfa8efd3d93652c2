package org.nestwalk.lab.labs.intrusion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.program.Program;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.guarded.KernelWork.Rates;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Cost;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rewrite;
import org.nestwalk.lab.labs.intrusion.IntrusionRun.Setting;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Detectors of intruders that see nothing but which pages a guest writes: what each finds, how
/// late, how often it is wrong, what looking costs, and what nobody can see so.
public final class IntrusionExperiment implements Experiment<IntrusionResult> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String LOG = "log";
    private static final String RING = "ring";
    private static final String TRAIN = "train";
    private static final String PERIOD = "period";
    private static final String TRAINING = "training";
    private static final String CLEAN = "clean";
    private static final String ATTACKS = "attacks";
    private static final String PATCHES = "patches";
    private static final String SEED = "seed";

    private static final int USER_PAGES = 4096;
    private static final String QUANTA = "quanta";
    private static final double MILLISECOND = 1e6;

    private static final Spec SPEC =
            new Spec(
                    "intrusion",
                    "Finding intruders by which pages a guest writes: what detectors find, how"
                            + " late, and what looking costs.",
                    VmRun.BLOCKING_MODEL
                            + "; in a period the guest makes 10,000 accesses and its kernel's work,"
                            + " and is idle for the rest; a threshold is the highest score in"
                            + " training",
                    Workloads.programs(
                            "to test with",
                            "btree:footprint=6MiB",
                            "hash-join:footprint=4MiB",
                            "zipf:footprint=5MiB"),
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Parameter.choice(LOG, "of KVM's", RING, "bitmap").onlyWith(ON, "kvm"),
                            Parameter.of(
                                            TRAIN,
                                            "programs to learn from, each with one parameter",
                                            new Domain.Text("PROGRAM", "", text -> text),
                                            "gups:footprint=8MiB")
                                    .by(
                                            "gups:footprint=8MiB",
                                            "stream:footprint=6MiB",
                                            "zipf:footprint=8MiB")
                                    .several(),
                            Parameter.of(
                                    PERIOD, "of samples", new Domain.Real(0.01, 10_000, "ms"), "1"),
                            Parameter.count(
                                    TRAINING, "periods of each program", 150, 2, 10_000_000),
                            Parameter.count(
                                    CLEAN,
                                    "windows of 4 periods without an attack, of each program, alone"
                                            + " and in a row",
                                    40,
                                    1,
                                    10_000_000),
                            Parameter.count(
                                    ATTACKS, "of each kind, of each program", 8, 1, 1_000_000),
                            Parameter.of(
                                    PATCHES,
                                    "of its code that the kernel makes in a period",
                                    new Domain.Real(0, 1000, ""),
                                    "0"),
                            Parameter.count(
                                            QUANTA,
                                            "of 2,000 accesses in each run that measures what"
                                                    + " looking costs",
                                            1500,
                                            1,
                                            10_000_000)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.seed("of code, work and attacks")));

    /// What came of a part of the work.
    private record Part(
            IntrusionRun.@Nullable Tested tested, List<Cost> costs, List<Rewrite> rewrites) {}

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public IntrusionResult run(Laboratory laboratory, Arguments given) {
        boolean simulated = given.text(ON).equals(SIMULATED);
        ProcessorModel model = simulated ? Timing.blocking(given) : null;
        DirtySource source = source(model, simulated ? RING : given.text(LOG));
        ImageLayout layout = new ImageLayout(32, 0, 4, 32, 4, 1, USER_PAGES, given.seed(SEED));
        long period = Math.round(given.number(PERIOD) * MILLISECOND);
        Rates rates = new Rates(4, 20, 0, given.number(PATCHES) / WatchedGuest.QUANTA, 0, 0);
        Setting setting =
                new Setting(
                        layout,
                        rates,
                        period,
                        given.whole(TRAINING),
                        given.whole(CLEAN),
                        given.whole(ATTACKS),
                        given.seed(SEED));
        List<String> train = given.texts(TRAIN);
        List<String> test = given.texts(Workloads.PROGRAM);
        for (String program : Stream.concat(train.stream(), test.stream()).toList()) {
            Program _ = WatchedGuest.program(program, setting.programBytes());
        }
        List<Function<Meter, Part>> parts = new ArrayList<>();
        parts.add(meter -> {
            IntrusionRun run = new IntrusionRun(machines(model, layout, source), source, setting);
            run.train(train, meter);
            return new Part(run.test(test, meter), List.of(), List.of());
        });
        long work = IntrusionRun.work(setting, train.size(), test.size());
        if (model != null) {
            work +=
                    addCosts(
                            parts,
                            new SensorCosts(model, layout, given.whole(QUANTA), given.seed(SEED)),
                            period,
                            given.whole(QUANTA));
        }
        List<Part> done = laboratory.inOrder(work, parts);
        IntrusionRun.Tested tested = done.getFirst().tested;
        return new IntrusionResult(
                model == null ? null : model.name(),
                source.label(),
                period,
                train,
                test,
                IntrusionRun.WINDOW,
                given.whole(CLEAN) * test.size(),
                tested == null ? 0 : tested.unattacked(),
                tested == null ? List.of() : tested.rows(),
                tested == null ? List.of() : tested.rates(),
                done.stream().flatMap(part -> part.costs.stream()).toList(),
                done.stream().flatMap(part -> part.rewrites.stream()).toList());
    }

    /// How written pages are found.
    private static DirtySource source(@Nullable ProcessorModel model, String log) {
        if (model == null) {
            return log.equals(RING) ? DirtySource.HOST_RING : DirtySource.HOST_BITMAP;
        }
        if (model.translation().secondLevel() != SecondLevelFormat.EPT_AD) {
            throw new InputException(
                    "machine %s has no page-modification log, which is what looks; use skylake-sp, icelake-sp or sapphire-rapids"
                            .formatted(model.name()));
        }
        return DirtySource.LOG;
    }

    private static Supplier<Machine> machines(
            @Nullable ProcessorModel model, ImageLayout layout, DirtySource source) {
        return () ->
                model != null
                        ? SensorCosts.machine(model, layout)
                        : KvmMachine.open(
                                new KvmSettings(
                                        KvmSettings.Backing.ANONYMOUS,
                                        false,
                                        false,
                                        KvmSettings.Dirty.of(source)));
    }

    private static long addCosts(
            List<Function<Meter, Part>> parts, SensorCosts costs, long period, int quanta) {
        long untracked = costs.untracked();
        for (DirtySource way : List.of(DirtySource.LOG, DirtySource.TRAPS)) {
            for (long every : List.of(period / 4, period, 4 * period)) {
                parts.add(meter -> part(costs.of(way, true, Math.max(1, every), untracked, meter)));
            }
        }
        parts.add(meter -> part(costs.of(DirtySource.LOG, false, period, untracked, meter)));
        return 7L * quanta;
    }

    private static Part part(SensorCosts.Both both) {
        return new Part(null, both.costs(), both.rewrites());
    }

    @Override
    public Document document(IntrusionResult result) {
        return IntrusionDocument.of(result);
    }
}
