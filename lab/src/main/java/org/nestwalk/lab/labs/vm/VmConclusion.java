package org.nestwalk.lab.labs.vm;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.share;
import static org.nestwalk.document.Figures.time;

import java.util.List;
import java.util.Map;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.lab.compare.FirstTouches;

/// What to conclude from a run in a virtual machine.
final class VmConclusion {
    private static final double WORTH_ACTING_ON = 0.05;
    private static final double LONG_ENOUGH = 1e9;

    private VmConclusion() {}

    static Conclusion of(VmReport report) {
        Conclusion conclusion = new Conclusion();
        CycleReport cycles = report.cycles();
        TranslationReport translation = report.translation();
        if (cycles != null && translation != null) {
            shares(conclusion, cycles);
            firstTouches(conclusion, report, cycles, translation);
            remedy(conclusion, report, cycles);
            agreement(conclusion, report.pages(), translation);
        }
        Long faults = report.guestFaultNanoseconds();
        if (faults != null) {
            measured(conclusion, report, faults);
        }
        List<DirtyRateReport> dirtyRate = report.dirtyRate();
        if (dirtyRate != null && !dirtyRate.isEmpty()) {
            conclusion.say("%s", DirtyRateReport.sentence(dirtyRate));
        }
        return conclusion;
    }

    private static void shares(Conclusion conclusion, CycleReport cycles) {
        conclusion.say(
                "Translation takes %s of the cycles, and exits and software %s%s.",
                share(cycles.translation(), cycles.total()),
                share(cycles.allSoftware(), cycles.total()),
                most(cycles));
    }

    /// The largest of software's costs.
    private static String most(CycleReport cycles) {
        return cycles.software().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(cost ->
                        format(
                                ", most of it %s (%s of all)",
                                cost.getKey(), share(cost.getValue(), cycles.total())))
                .orElse("");
    }

    private static void firstTouches(
            Conclusion conclusion,
            VmReport report,
            CycleReport cycles,
            TranslationReport translation) {
        double exposed = (double) cycles.translation() / Math.max(1, translation.cycles());
        FirstTouches touches =
                new FirstTouches(
                        cycles.translation(),
                        Math.round(exposed * translation.flagCycles()),
                        Math.round(exposed * translation.coldCycles()),
                        cycles.total(),
                        translation.accesses() / report.manifest().options().vcpus(),
                        report.manifest().options().warmup());
        String text = touches.text("this run");
        if (!text.isEmpty()) {
            conclusion
                    .expect("translation-outlasts-first-touches", touches.lasts())
                    .say("%s", "%s", text);
        }
    }

    /// Which of translation and software is worth doing something about, and what.
    private static void remedy(Conclusion conclusion, VmReport report, CycleReport cycles) {
        long software = cycles.allSoftware();
        if (Math.max(cycles.translation(), software) < WORTH_ACTING_ON * cycles.total()) {
            conclusion.say("Neither is worth tuning.");
            return;
        }
        String touches =
                report.manifest().options().warmup() == 0
                        ? ", which a warm-up leaves out if they are those of the first touches"
                        : "";
        conclusion
                .expect(
                        "translation-costs-more-than-software",
                        Condition.above(
                                "cycles of translation",
                                (double) cycles.translation(),
                                "cycles of exits and software",
                                (double) software,
                                0))
                .say(
                        "So translating its addresses costs more than what the program does not do"
                                + " itself: %1$s and %2$s.%4$s",
                        "So what the program does not do itself costs more than translating its"
                                + " addresses: %1$s and %2$s%3$s.",
                        counted(report.guest().pageFaults(), "page fault"),
                        counted(report.exits().stream().mapToLong(ExitReport::count).sum(), "exit"),
                        touches,
                        pages(report));
    }

    /// What larger pages would be.
    private static String pages(VmReport report) {
        boolean small = report.manifest().options().guestPages().equals("4k");
        Long hostLarge = report.pages().hostLarge();
        if (!small) {
            return "";
        }
        return hostLarge != null && hostLarge == 0
                ? " Pages are small on both sides: large ones pay only if both have them (thp in"
                        + " the guest, 2M on the host)."
                : " The guest's pages are small: try thp.";
    }

    /// Whether large pages of the guest have large pages under them.
    private static void agreement(
            Conclusion conclusion, PageReport pages, TranslationReport translation) {
        Long both = pages.guestLargeOnLarge();
        if (pages.guestLarge() == 0 || both == null) {
            return;
        }
        conclusion
                .expect(
                        "large-pages-agree",
                        Condition.alike(
                                "bytes of the guest's 2M pages on 2M pages of the host",
                                (double) both,
                                "bytes of the guest's 2M pages",
                                (double) pages.guestLarge(),
                                0))
                .say(
                        "All of the guest's 2M pages lie on 2M pages of the host.",
                        "Of the guest's 2M pages, only %s lie on 2M pages of the host; the TLBs"
                                + " hold the others in pieces, by %,d splintered fill{s}.",
                        share(both, pages.guestLarge()),
                        translation.splinteredFills());
    }

    private static void measured(Conclusion conclusion, VmReport report, long faults) {
        long ran = report.counted();
        long busy = ran * report.manifest().options().vcpus();
        conclusion.say(
                "An access takes %.1f ns on average; of the time, %s is the guest's kernel in %,d"
                        + " page faults.",
                (double) busy / Math.max(1, report.accesses()),
                share(faults, busy),
                report.guest().pageFaults());
        if (report.guest().pageFaults() > 0 && report.manifest().options().warmup() == 0) {
            conclusion.say("A warm-up leaves out those of the first touches.");
        }
        conclusion
                .expect(
                        "long-enough-to-measure",
                        Condition.above(
                                "nanoseconds that it ran",
                                (double) ran,
                                "a second",
                                LONG_ENOUGH,
                                0))
                .say(
                        "It ran for %s, long enough for a measurement.",
                        "%s is short for a measurement: compare several runs, or longer ones.",
                        time(ran));
    }
}
