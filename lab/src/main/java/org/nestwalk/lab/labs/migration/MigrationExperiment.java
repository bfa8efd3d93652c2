package org.nestwalk.lab.labs.migration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.hypervisor.migration.Migration;
import org.nestwalk.hypervisor.migration.MigrationLink;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.PageActivity;
import org.nestwalk.hypervisor.migration.RepeatedActivity;
import org.nestwalk.hypervisor.migration.VirtualGround;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.migration.MigrationResult.Guest;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;
import org.nestwalk.lab.labs.migration.MigrationResult.Spot;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.migration.ActivityRecorder;
import org.nestwalk.lab.migration.DirtyLog;
import org.nestwalk.lab.migration.Policies;
import org.nestwalk.lab.migration.PolicyDefinition.Policy;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.VmParameters;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Which policy of live migration suits a guest: what it writes is known, and it is moved under
/// each policy, over each link, in virtual time.
public final class MigrationExperiment implements Experiment<MigrationResult> {
    private static final String POLICIES = "policies";
    private static final String BANDWIDTH = "bandwidth";
    private static final String ROUND_TRIP = "round-trip";
    private static final String FIXED = "fixed";
    private static final String TRAP = "trap";
    private static final String SLOWER = "slower";
    private static final String DIRTY_LOG = "dirty-log";
    private static final String WANT = "want";
    private static final String GIVE_UP = "give-up";
    private static final String MAP = "map";
    private static final String PER_SECOND = "/s";
    private static final long MOST_MAPPED = 64L << 30;
    private static final long LEAST = 64L << 10;
    private static final long MOST = 1L << 40;

    private static final Spec SPEC =
            new Spec(
                    "migration",
                    "Which policy of live migration suits what a guest writes.",
                    "guests run in virtual time and do again and again what they were seen doing; a"
                        + " page takes its bytes and a header on the link, which has one bandwidth"
                        + " for all of the time; sending and looking for written pages take none of"
                        + " the guest's time, each first write to a page in a round takes an exit;"
                        + " of programs: "
                            + VmRun.BLOCKING_MODEL,
                    Workloads.programsAndTraces(
                            "what guests run",
                            "zipf:footprint=256MiB,accesses=2M",
                            "gups:footprint=64MiB,accesses=1M"),
                    List.of(
                            Machines.parameter("skylake-sp"),
                            VmParameters.memory("memory of each guest", 1L << 30),
                            Parameter.optional(
                                    DIRTY_LOG,
                                    "a file that says what a guest wrote, instead of programs:"
                                            + " lines of milliseconds,page,count",
                                    new Domain.Text("FILE", "", text -> text)),
                            Parameter.number(
                                    SLOWER,
                                    "how many times as long programs take as their accesses do, for"
                                            + " the work between those",
                                    20,
                                    1,
                                    1e6),
                            Parameter.of(
                                            POLICIES,
                                            "policies: all, or names, each with what it is told:"
                                                    + " NAME:key=value,key=value",
                                            new Domain.Text(
                                                    "POLICY",
                                                    String.join(", ", Policies.names()),
                                                    text -> text),
                                            Policies.ALL)
                                    .several(),
                            Parameter.of(
                                            BANDWIDTH,
                                            "bytes that the link carries",
                                            new Domain.Text(
                                                    "SIZE/s",
                                                    "64KiB/s to 1TiB/s",
                                                    MigrationExperiment::canonicalBandwidth),
                                            "1GiB/s")
                                    .several(),
                            Parameter.number(
                                    ROUND_TRIP, "on the link, there and back", 0.2, 0, 1e5, "ms"),
                            Parameter.number(
                                    FIXED,
                                    "downtime that depends on nothing: state of CPUs and devices",
                                    20,
                                    0,
                                    1e6,
                                    "ms"),
                            Parameter.number(
                                    TRAP,
                                    "exit of a first write to a page in a round",
                                    2.5,
                                    0,
                                    1e6,
                                    "us"),
                            Parameter.number(
                                    GIVE_UP,
                                    "after which whoever watches gives up",
                                    600,
                                    0.001,
                                    1e6,
                                    "s"),
                            Parameter.of(
                                    WANT,
                                    "what the advice has to keep: bounds of downtime, pause, time,"
                                            + " slowdown and bytes",
                                    new Domain.Text(
                                            "WISHES", "", MigrationExperiment::canonicalWish),
                                    "downtime<300ms,slowdown<10%"),
                            Parameter.flag(
                                    MAP,
                                    "also which policy is best for guests of constant rates and"
                                            + " working sets, over the first link")));

    private static String canonicalBandwidth(String text) {
        String size = text.endsWith(PER_SECOND) ? text.substring(0, text.length() - 2) : text;
        return new Domain.Size(LEAST, MOST, 1).canonical(size, "bytes a second") + PER_SECOND;
    }

    private static String canonicalWish(String text) {
        return String.join(",", Wish.read(text).stream().map(Wish::text).toList());
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public MigrationResult run(Laboratory laboratory, Arguments given) {
        List<Policy> policies = policies(given);
        if (given.flag(MAP) && given.size(VmParameters.MEMORY) > MOST_MAPPED) {
            throw given.bad(
                    MAP, "is for guests of 64GiB at most, each page of whose memory it writes");
        }
        List<MigrationLink> links =
                given.texts(BANDWIDTH).stream().distinct().map(text -> link(text, given)).toList();
        long memory = given.size(VmParameters.MEMORY);
        List<Wish> wishes = Wish.read(given.text(WANT));
        long giveUp = Math.round(given.number(GIVE_UP) * 1e9);
        boolean logged = !given.texts(DIRTY_LOG).isEmpty();
        Map<String, RepeatedActivity> activities =
                logged ? logged(given, memory) : recorded(laboratory, given, memory);
        List<Function<Meter, Move>> moves = new ArrayList<>();
        LiveMoves live = new LiveMoves();
        activities.forEach((name, activity) -> {
            for (MigrationLink link : links) {
                for (Policy policy : policies) {
                    moves.add(meter -> {
                        Telling telling =
                                new Telling(
                                        meter, 1, live.of(name, link.bandwidth(), policy.text()));
                        MigrationOutcome outcome = migrate(activity, link, policy, giveUp, telling);
                        return live.over(Move.of(name, link.bandwidth(), policy.text(), outcome));
                    });
                }
            }
        });
        List<Move> done = laboratory.inOrder(moves);
        List<Guest> guests = new ArrayList<>();
        activities.forEach((name, activity) -> guests.add(GuestFigures.of(name, activity)));
        List<Spot> map =
                given.flag(MAP) && !laboratory.isEnded()
                        ? new PolicyMap(memory, links.getFirst(), policies, wishes, giveUp)
                                .spots(laboratory)
                        : List.of();
        return new MigrationResult(
                logged ? null : Machines.named(given.text(MACHINE)).model().name(),
                memory,
                guests,
                done,
                wishes.stream().map(Wish::text).toList(),
                map);
    }

    private static List<Policy> policies(Arguments given) {
        try {
            return Policies.read(given.texts(POLICIES));
        } catch (InputException e) {
            throw given.bad(POLICIES, String.valueOf(e.getMessage()));
        }
    }

    private static MigrationLink link(String text, Arguments given) {
        return new MigrationLink(
                Quantities.size(text.substring(0, text.length() - 2), BANDWIDTH),
                Math.round(given.number(ROUND_TRIP) * 1e6),
                Math.round(given.number(FIXED) * 1e6),
                Math.round(given.number(TRAP) * 1e3));
    }

    private static Map<String, RepeatedActivity> logged(Arguments given, long memory) {
        if (given.isGiven(Workloads.PROGRAM)) {
            throw given.bad(DIRTY_LOG, "stands in place of programs; leave out one of them");
        }
        String file = given.text(DIRTY_LOG);
        try {
            return Map.of(file, DirtyLog.read(Path.of(file), memory));
        } catch (InputException e) {
            throw given.bad(DIRTY_LOG, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, RepeatedActivity> recorded(
            Laboratory laboratory, Arguments given, long memory) {
        ActivityRecorder recorder =
                new ActivityRecorder(Timing.blocking(given), given.number(SLOWER));
        List<String> programs = given.texts(Workloads.PROGRAM).stream().distinct().toList();
        List<Function<Meter, RepeatedActivity>> parts = new ArrayList<>();
        for (String program : programs) {
            parts.add(meter -> recorder.record(program, memory, meter.part()));
        }
        List<RepeatedActivity> activities = laboratory.inOrder(parts);
        if (laboratory.isEnded()) {
            throw new EndedEarly();
        }
        Map<String, RepeatedActivity> named = new LinkedHashMap<>();
        for (int i = 0; i < activities.size(); i++) {
            named.put(programs.get(i), activities.get(i));
        }
        return named;
    }

    /// Tells how many migrations of a part of the work are over.
    static final class Telling {
        private final ProgressListener listener;
        private final long total;
        private final Function<MigrationProgress, Document> charts;
        private long done;

        /// @param total migrations of this part
        /// @param charts of the migration that is under way
        Telling(Meter meter, long total, Function<MigrationProgress, Document> charts) {
            this.listener = meter.part();
            this.total = total;
            this.charts = charts;
        }

        /// The same for migrations of which no picture is made.
        Telling(Meter meter, long total) {
            this(meter, total, _ -> new Document());
        }

        /// A step of one. Returns false if the work is to end.
        boolean step(MigrationProgress progress) {
            if (listener.wantsCharts()) {
                Document document = charts.apply(progress);
                if (!document.blocks().isEmpty()) {
                    listener.see(document);
                }
            }
            return goesOn();
        }

        /// Returns false if the work is to end.
        private boolean goesOn() {
            return listener.update(
                    new ProgressEvent(
                            "move", done, OptionalLong.of(total), "migrations", Map.of()));
        }

        /// One more is over.
        void ended() {
            done++;
            var _ = goesOn();
        }
    }

    /// A guest moved until it is there, or whoever watches gives up.
    ///
    /// @throws EndedEarly if the work is to end
    static MigrationOutcome migrate(
            PageActivity activity,
            MigrationLink link,
            Policy policy,
            long giveUp,
            Telling telling) {
        MigrationOutcome outcome =
                new Migration(
                                new VirtualGround(activity, link),
                                policy.start(),
                                progress -> {
                                    if (!telling.step(progress)) {
                                        throw new EndedEarly();
                                    }
                                    return progress.nanoseconds() < giveUp;
                                })
                        .run();
        telling.ended();
        return outcome.isCancelled()
                ? outcome.failedBy(Figures.format("no end after %s", Figures.time(giveUp)))
                : outcome;
    }

    @Override
    public Document document(MigrationResult result) {
        return MigrationDocument.of(result);
    }
}
