package org.nestwalk.lab.labs.integrity;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.guarded.KernelWork.Rates;
import org.nestwalk.lab.labs.integrity.CostRun.Kind;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cell;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cost;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Writes;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Guards of a kernel's code: what each prevents, finds and misses, and what it costs guests that
/// nobody attacks.
public final class IntegrityExperiment implements Experiment<IntegrityResult> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String LOG = "log";
    private static final String RING = "ring";
    private static final String ATTACKS = "attacks";
    private static final String PERIOD = "period";
    private static final String TEXT = "text";
    private static final String MIXED = "mixed";
    private static final String PATCHES = "patches";
    private static final String MODULES = "modules";
    private static final String QUANTA = "quanta";
    private static final String SEED = "seed";

    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;
    private static final List<Integer> WRITES = List.of(1, 2, 5, 10, 20, 50, 100);

    private static final Spec SPEC =
            new Spec(
                    "integrity",
                    "Guarding the code of a guest's kernel: what each way prevents, finds and"
                            + " misses, and what it costs.",
                    VmRun.BLOCKING_MODEL
                            + "; on KVM time is measured, that of attacks virtual; kernel and"
                            + " hypervisor have the files of all code; an allowed store"
                            + " is emulated; reading a page costs what zeroing one does; rates of"
                            + " patches and modules are assumptions",
                    null,
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Parameter.choice(LOG, "of KVM's", RING, "bitmap").onlyWith(ON, "kvm"),
                            Parameter.count(
                                    ATTACKS, "of each kind on each guard", 40, 1, 1_000_000),
                            Parameter.of(
                                    PERIOD,
                                    "of guards that look now and then",
                                    new Domain.Real(0.01, 10_000, "ms"),
                                    "1"),
                            Parameter.count(TEXT, "pages of code", 64, 1, 16_384),
                            Parameter.count(
                                    MIXED, "pages with code and data, beside those", 4, 0, 4_096),
                            Parameter.number(
                                    PATCHES,
                                    "a second, in a guest in which a tracer is switched on"
                                            + " (assumption)",
                                    100_000,
                                    0,
                                    1e7),
                            Parameter.number(
                                    MODULES,
                                    "loaded a second, and as many programs compiled, in a guest"
                                            + " that boots (assumption)",
                                    2_000,
                                    0,
                                    1e6),
                            Parameter.count(
                                    QUANTA,
                                    "of 2,000 accesses and a kernel's work in each run",
                                    100,
                                    1,
                                    10_000_000),
                            Parameter.seed("of code, work and attacks")));

    /// What came of a part of the work.
    private record Part(List<Cell> cells, List<Cost> costs, List<Writes> writes) {}

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public IntegrityResult run(Laboratory laboratory, Arguments given) {
        GuardGround ground = ground(given);
        ImageLayout layout =
                new ImageLayout(
                        given.whole(TEXT), given.whole(MIXED), 8, 64, 8, 2, 1024, given.seed(SEED));
        long period = Math.round(given.number(PERIOD) * MILLISECOND);
        AttackRun attacks =
                new AttackRun(ground, layout, period, given.whole(ATTACKS), given.seed(SEED));
        CostRun costs = new CostRun(ground, layout, period, given.whole(QUANTA), given.seed(SEED));
        List<Function<Meter, Part>> parts = new ArrayList<>();
        for (Guard guard : ground.guards()) {
            parts.add(meter -> new Part(attacks.cells(guard, meter), List.of(), List.of()));
        }
        double second = SECOND / costs.quantum();
        for (Kind kind : kinds(given.number(PATCHES) / second, given.number(MODULES) / second)) {
            parts.add(meter -> new Part(List.of(), costs.costs(kind, meter), List.of()));
        }
        List<Integer> writes = ground.isSimulated() ? WRITES : List.of();
        for (int often : writes) {
            parts.add(meter ->
                    new Part(
                            List.of(),
                            List.of(),
                            costs.writes(
                                    often,
                                    List.of(Guard.PROTECTION, Guard.PARTS, Guard.LOG, Guard.HYBRID),
                                    meter)));
        }
        long work =
                ground.guards().size() * (attacks.work() + 4L * given.whole(QUANTA))
                        + 4L * writes.size();
        List<Part> done = laboratory.inOrder(work, parts);
        return new IntegrityResult(
                ground.model() == null ? null : ground.model().name(),
                period,
                given.whole(ATTACKS),
                all(done.stream().map(Part::cells)),
                all(done.stream().map(Part::costs)),
                all(done.stream().map(Part::writes)));
    }

    private static <T> List<T> all(Stream<List<T>> lists) {
        return lists.flatMap(List::stream).toList();
    }

    private static GuardGround ground(Arguments given) {
        if (!given.text(ON).equals(SIMULATED)) {
            return new GuardGround(
                    null,
                    given.text(LOG).equals(RING) ? DirtySource.HOST_RING : DirtySource.HOST_BITMAP);
        }
        ProcessorModel model = Timing.blocking(given);
        requireLog(model);
        return GuardGround.of(model);
    }

    private static void requireLog(ProcessorModel model) {
        if (model.translation().secondLevel() != SecondLevelFormat.EPT_AD) {
            throw new InputException(
                    "machine %s has no page-modification log, which one of the guards reads; use skylake-sp, icelake-sp or sapphire-rapids"
                            .formatted(model.name()));
        }
    }

    private static List<Kind> kinds(double patches, double modules) {
        Rates quiet = new Rates(8, 16, 0, 0, 0, 0);
        return List.of(
                new Kind(CostRun.QUIET, quiet),
                new Kind(CostRun.PATCHING, new Rates(8, 16, 0, patches, 0, 0)),
                new Kind("module-heavy", new Rates(8, 16, 0, 0, modules, modules)),
                new Kind("mixed pages", new Rates(8, 16, 16, 0, 0, 0)));
    }

    @Override
    public Document document(IntegrityResult result) {
        return IntegrityDocument.of(result);
    }
}
