package org.nestwalk.lab.labs.doublecaching;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.storage.CacheMode;
import org.nestwalk.kvm.measure.HostFile;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Bias;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Mode;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Observation;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.storage.DiskModel;

/// Do second-level faults of a guest that reads files come from fetching data, or from mapping
/// fresh memory? And what does it cost that guest and host keep the same pages?
public final class DoubleCachingExperiment implements Experiment<DoubleCachingResult> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String PAGES = "pages";
    private static final String REPLICATES = "replicates";
    private static final String MODE = "mode";
    private static final String PASSES = "passes";
    private static final String GUEST_CACHE = "guest-cache";
    private static final String HOST_CACHE = "host-cache";
    private static final String LATENCY = "disk-latency";
    private static final String BANDWIDTH = "disk-bandwidth";
    private static final String SEED = "seed";
    private static final double MICROSECOND = 1e3;
    private static final double MEGA = 1e6;
    private static final int MOST_PAGES = 1 << 20;

    private static final Spec SPEC =
            new Spec(
                    "double-caching",
                    "Files that guest and host both cache, and where second-level faults come"
                            + " from.",
                    VmRun.BLOCKING_MODEL
                            + "; a disk in simulated time, one request after the other; devices"
                            + " write to guest memory past the second level, and the kernel"
                            + " touches each frame before; on KVM a file of the host's, and times"
                            + " are measured",
                    null,
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Parameter.count(
                                    PAGES,
                                    "4K pages of the file; replicates read half to one and a half"
                                            + " as many",
                                    400,
                                    1,
                                    MOST_PAGES),
                            Parameter.count(REPLICATES, "of each of the eight cells", 5, 2, 1000),
                            Parameter.of(
                                            MODE,
                                            "caches between the program and the disk, by QEMU's"
                                                    + " names",
                                            new Domain.Choice(CacheMode.labels()),
                                            "writeback")
                                    .by(CacheMode.labels().toArray(String[]::new))
                                    .several()
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(PASSES, "over the file with each mode", 4, 1, 10_000)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                            GUEST_CACHE,
                                            "4K pages that the guest's page cache has room for",
                                            600,
                                            1,
                                            MOST_PAGES)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                            HOST_CACHE,
                                            "4K pages that the host's has room for",
                                            600,
                                            1,
                                            MOST_PAGES)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.number(
                                            LATENCY,
                                            "microseconds that a request takes",
                                            80,
                                            0,
                                            1e9)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.number(
                                            BANDWIDTH,
                                            "millions of bytes that it carries a second",
                                            2000,
                                            1e-6,
                                            1e9)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.seed("of the order of runs, and of what they read")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public DoubleCachingResult run(Laboratory laboratory, Arguments given) {
        return given.text(ON).equals(SIMULATED)
                ? simulated(laboratory, given)
                : measured(laboratory, given);
    }

    private static DoubleCachingResult simulated(Laboratory laboratory, Arguments given) {
        ProcessorModel model = Timing.blocking(given);
        DiskModel disk =
                new DiskModel(
                        (long) (given.number(LATENCY) * MICROSECOND),
                        given.number(BANDWIDTH) * MEGA,
                        DiskModel.NVME.capacityPages());
        int pages = given.whole(PAGES);
        int most = Factorial.most(pages);
        Factorial factorial =
                new Factorial(
                        pages,
                        given.whole(REPLICATES),
                        given.seed(SEED),
                        size ->
                                new SimulatedGround(
                                        model,
                                        disk,
                                        most + Factorial.READAHEAD,
                                        size + Factorial.READAHEAD,
                                        size + Factorial.READAHEAD,
                                        given.seed(SEED)));
        Modes modes =
                new Modes(
                        model,
                        disk,
                        pages,
                        given.whole(GUEST_CACHE),
                        given.whole(HOST_CACHE),
                        given.whole(PASSES),
                        given.seed(SEED));
        List<Function<Meter, Part>> parts = new ArrayList<>();
        for (Confounder confounder : Confounder.values()) {
            parts.add(meter -> new Part(confounder, factorial.observe(confounder, meter), null));
        }
        for (String mode : given.texts(MODE)) {
            parts.add(meter -> new Part(null, List.of(), modes.mode(CacheMode.of(mode), meter)));
        }
        long runs = (long) CacheState.COUNT * given.whole(REPLICATES) * Confounder.values().length;
        return result(
                laboratory.inOrder(
                        runs + (long) given.texts(MODE).size() * given.whole(PASSES), parts),
                model.name(),
                factorial);
    }

    /// Observations with a confounder, or what came of a mode.
    private record Part(
            @Nullable Confounder confounder, List<Observation> observations, @Nullable Mode mode) {}

    private static DoubleCachingResult result(
            List<Part> parts, @Nullable String machine, Factorial factorial) {
        List<Observation> clean = parts.getFirst().observations();
        double fresh = Factorial.faultEffect(clean, Factorial.FRESH);
        double host = Factorial.faultEffect(clean, Factorial.HOST);
        List<Bias> biases = new ArrayList<>();
        List<Mode> modes = new ArrayList<>();
        for (Part part : parts) {
            if (part.confounder() != null) {
                double withFresh = Factorial.faultEffect(part.observations(), Factorial.FRESH);
                double withHost = Factorial.faultEffect(part.observations(), Factorial.HOST);
                biases.add(
                        new Bias(
                                part.confounder().label(),
                                withFresh,
                                withHost,
                                withFresh - fresh,
                                withHost - host));
            }
            if (part.mode() != null) {
                modes.add(part.mode());
            }
        }
        return new DoubleCachingResult(
                machine,
                factorial.pages(),
                factorial.replicates(),
                clean,
                Factorial.effects(clean),
                Factorial.hypotheses(clean),
                machine == null ? null : biases,
                machine == null ? null : modes);
    }

    private static DoubleCachingResult measured(Laboratory laboratory, Arguments given) {
        int pages = given.whole(PAGES);
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try (HostFile file = new HostFile(folder, Factorial.most(pages))) {
            file.makeCold();
            Factorial factorial =
                    new Factorial(
                            pages,
                            given.whole(REPLICATES),
                            given.seed(SEED),
                            _ -> new KvmGround(file));
            List<Function<Meter, Part>> parts =
                    List.of(meter ->
                            new Part(
                                    Confounder.NOTHING,
                                    factorial.observe(Confounder.NOTHING, meter),
                                    null));
            return result(
                    laboratory.inOrder((long) CacheState.COUNT * given.whole(REPLICATES), parts),
                    null,
                    factorial);
        }
    }

    @Override
    public Document document(DoubleCachingResult result) {
        return DoubleCachingDocument.of(result);
    }
}
