package org.nestwalk.lab.labs.dirty;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Case;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Row;
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

/// What it costs to find the pages that a guest writes: each way that a machine has, over working
/// sets, shares of writes, and sizes of pages.
public final class DirtyTrackingExperiment implements Experiment<DirtyTrackingResult> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String WORKING_SET = "working-set";
    private static final String WRITES = "writes";
    private static final String PAGES = "pages";
    private static final String SPLITTING = "splitting";
    private static final String CLEAR_CHUNK = "clear-chunk";
    private static final String ACCESSES = "accesses";
    private static final String INTERVALS = "intervals";
    private static final String SEED = "seed";

    private static final Spec SPEC =
            new Spec(
                    "dirty-tracking",
                    "What it costs to find the pages that a guest writes.",
                    VmRun.MODEL
                            + "; a collection charges a look at each page found or, by scan, at"
                            + " each page of memory; on KVM all times are measured",
                    null,
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Timing.parameter().onlyWith(ON, SIMULATED),
                            Parameter.of(
                                            WORKING_SET,
                                            "bytes that accesses are spread over",
                                            new Domain.Size(1L << 20, 16L << 30, 4096),
                                            "64MiB")
                                    .several(),
                            Parameter.of(
                                            WRITES,
                                            "part of the accesses that are stores",
                                            new Domain.Real(0, 1, ""),
                                            "0.5")
                                    .by("0.01", "0.5")
                                    .several(),
                            Parameter.choice(PAGES, "of guest and host", "4K", "2M")
                                    .by("4K", "2M")
                                    .several(),
                            Parameter.of(
                                            SPLITTING,
                                            "what becomes of large pages while they are tracked:"
                                                + " split when tracking begins (eager) or at the"
                                                + " first write (lazy)",
                                            new Domain.Choice(Splitting.labels()),
                                            "none")
                                    .by(Splitting.labels().toArray(String[]::new))
                                    .several()
                                    .onlyWith(ON, SIMULATED),
                            Parameter.of(
                                            CLEAR_CHUNK,
                                            "guest memory whose bits of KVM's bitmap are cleared at"
                                                + " once, under a lock that the guest waits for",
                                            new Domain.Size(
                                                    KvmSettings.CLEAR_UNIT,
                                                    1L << 40,
                                                    KvmSettings.CLEAR_UNIT),
                                            Quantities.formatSize(KvmSettings.USUAL_CLEAR_BYTES))
                                    .onlyWith(ON, "kvm"),
                            Parameter.count(
                                    ACCESSES,
                                    "between two collections",
                                    40_000,
                                    1,
                                    1_000_000_000_000L),
                            Parameter.count(
                                    INTERVALS, "each ended by a collection", 3, 1, 1_000_000),
                            Parameter.seed("of the accesses")));

    private record Way(DirtySource source, Splitting splitting) {}

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public DirtyTrackingResult run(Laboratory laboratory, Arguments given) {
        boolean simulated = given.text(ON).equals(SIMULATED);
        List<String> missing = new ArrayList<>();
        List<Function<Meter, List<Row>>> parts = new ArrayList<>();
        ProcessorModel model = simulated ? Timing.machine(given).model() : null;
        long work = 0;
        for (Case guest : cases(given)) {
            TrackingRun run =
                    new TrackingRun(
                            guest, given.count(ACCESSES), given.whole(INTERVALS), given.seed(SEED));
            if (model == null) {
                work += run.untrackedWork() + kvmWays().size() * run.trackedWork();
                long chunk = given.size(CLEAR_CHUNK);
                parts.add(meter -> onKvm(run, guest, chunk, missing, meter));
            } else {
                List<Way> ways = ways(model, guest, given.texts(SPLITTING));
                work += run.untrackedWork() + ways.size() * run.trackedWork();
                parts.add(meter -> simulated(run, model, guest, ways, meter));
            }
        }
        List<Row> rows = laboratory.inOrder(work, parts).stream().flatMap(List::stream).toList();
        return new DirtyTrackingResult(
                model == null ? null : model.name(),
                model == null ? "ns" : "cycles",
                given.count(ACCESSES),
                given.whole(INTERVALS),
                missing.isEmpty() ? null : missing.stream().distinct().toList(),
                rows);
    }

    private static List<Case> cases(Arguments given) {
        List<Case> cases = new ArrayList<>();
        for (String set : given.texts(WORKING_SET)) {
            for (String writes : given.texts(WRITES)) {
                for (String pages : given.texts(PAGES)) {
                    cases.add(
                            new Case(
                                    Quantities.size(set, WORKING_SET),
                                    Double.parseDouble(writes),
                                    pages));
                }
            }
        }
        return cases;
    }

    /// All that a processor has; pages of 4 KiB are never split.
    private static List<Way> ways(ProcessorModel model, Case guest, List<String> splitting) {
        SecondLevelFormat format = model.translation().secondLevel();
        List<Way> ways = new ArrayList<>();
        boolean small = guest.pages().equals(PageSize.SIZE_4K.label());
        for (String label : small ? List.of(Splitting.NONE.label()) : splitting) {
            Splitting one = Splitting.of(label);
            ways.add(new Way(DirtySource.TRAPS, one));
            ways.add(new Way(DirtySource.RING, one));
            if (format != SecondLevelFormat.EPT) {
                ways.add(new Way(DirtySource.FLAGS, one));
            }
            if (format == SecondLevelFormat.EPT_AD) {
                ways.add(new Way(DirtySource.LOG, one));
            }
        }
        return ways;
    }

    private static List<Row> simulated(
            TrackingRun run, ProcessorModel model, Case guest, List<Way> ways, Meter meter) {
        long untracked;
        try (TrackedGuest tracked = TrackedGuest.simulated(model, guest)) {
            untracked = run.untracked(tracked, meter);
        }
        List<Row> rows = new ArrayList<>();
        for (Way way : ways) {
            try (TrackedGuest tracked = TrackedGuest.simulated(model, guest)) {
                rows.add(run.tracked(tracked, way.source, way.splitting, untracked, meter));
            }
        }
        return rows;
    }

    private static List<DirtySource> kvmWays() {
        return List.of(
                DirtySource.HOST_BITMAP,
                DirtySource.HOST_RING,
                DirtySource.HOST_SCAN,
                DirtySource.TRAPS);
    }

    private static List<Row> onKvm(
            TrackingRun run, Case guest, long chunk, List<String> missing, Meter meter) {
        long untracked;
        try (TrackedGuest tracked =
                TrackedGuest.onKvm(KvmSettings.Dirty.NONE, false, chunk, guest)) {
            untracked = run.untracked(tracked, meter);
        }
        List<Row> rows = new ArrayList<>();
        for (DirtySource source : kvmWays()) {
            TrackedGuest tracked;
            try {
                tracked =
                        TrackedGuest.onKvm(
                                KvmSettings.Dirty.of(source),
                                source == DirtySource.TRAPS,
                                chunk,
                                guest);
            } catch (InputException e) {
                missing.add(source.label() + ": " + e.getMessage());
                continue;
            }
            try (tracked) {
                rows.add(run.tracked(tracked, source, Splitting.NONE, untracked, meter));
            }
        }
        return rows;
    }

    @Override
    public Document document(DirtyTrackingResult result) {
        return DirtyTrackingDocument.of(result);
    }
}
