package org.nestwalk.lab.labs.run;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.percent;
import static org.nestwalk.document.Figures.ratio;

import java.util.Comparator;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.lab.compare.FirstTouches;

/// What a comparison means.
final class RunConclusion {
    private static final String BASE = "nested:4K/4K";
    private static final String COST = "cost more by ";
    private static final String GET_BACK = "get back ";

    private RunConclusion() {}

    /// What translation costs, of as many of the usual setups as were compared; what first touches
    /// of memory cost of it, and whether that makes the run too short to conclude from.
    static Conclusion of(RunReport report) {
        Conclusion conclusion = new Conclusion();
        Optional<SetupReport> base = find(report, BASE);
        if (base.isEmpty()) {
            cheapest(conclusion, report);
        } else {
            shares(conclusion, report, base.get());
            largePages(conclusion, report, base.get());
            find(report, "shadow:4K").ifPresent(shadow -> shadow(conclusion, shadow, base.get()));
        }
        firstTouches(conclusion, report);
        return conclusion;
    }

    private static void firstTouches(Conclusion conclusion, RunReport report) {
        SetupReport setup = find(report, BASE).orElseGet(() -> slowest(report));
        double exposed =
                (double) setup.exposedTranslationCycles() / Math.max(1, setup.translationCycles());
        FirstTouches touches =
                new FirstTouches(
                        setup.exposedTranslationCycles(),
                        Math.round(exposed * setup.flagCycles()),
                        Math.round(exposed * setup.coldCycles()),
                        setup.cycles(),
                        setup.accesses(),
                        report.manifest().warmup());
        String text = touches.text(setup.name().replace(':', ' '));
        if (!text.isEmpty()) {
            conclusion
                    .expect("translation-outlasts-first-touches", touches.lasts())
                    .say("%s", "%s", text);
        }
    }

    /// What is known of which accesses depend on which: of a trace that says so, from where; of one
    /// that does not, between what the cycles are. Empty of generated programs, and where it makes
    /// no difference. It explains the table, and is no conclusion.
    static String dependence(RunReport report) {
        SetupReport setup = find(report, BASE).orElseGet(() -> slowest(report));
        if (report.dependence().equals(RunReport.DECLARED)
                || setup.cycles() == setup.blockingCycles()) {
            return "";
        }
        if (report.dependence().equals(RunReport.DERIVED)) {
            return "Which accesses depend on which was derived from the program's instructions when"
                    + " it was recorded.";
        }
        return format(
                "Which accesses of a trace depend on which is not known. The table has the cycles"
                        + " if none does, the least; if each depends on the one before, %s takes %s"
                        + " an access instead of %s, and translation %s of them instead of %s.",
                setup.name().replace(':', ' '),
                ratio(setup.blockingCycles(), setup.accesses()),
                ratio(setup.cycles(), setup.accesses()),
                percent((double) setup.translationCycles() / setup.blockingCycles()),
                percent(setup.translationShare()));
    }

    private static void shares(Conclusion conclusion, RunReport report, SetupReport base) {
        String nested =
                format(
                        "nested 4K/4K spends %s of its cycles on translation",
                        percent(base.translationShare()));
        Optional<SetupReport> alone = find(report, "native:4K");
        if (alone.isEmpty()) {
            conclusion.say("%s.", nested);
            return;
        }
        conclusion
                .expect(
                        "second-level-costs",
                        Condition.above(
                                "cycles of nested 4K/4K",
                                (double) base.cycles(),
                                "cycles of native 4K",
                                (double) alone.get().cycles(),
                                0))
                .say(
                        "%s, native 4K %s.",
                        "%s, native 4K %s: the second level costs nothing here.",
                        nested,
                        percent(alone.get().translationShare()));
    }

    private static void largePages(Conclusion conclusion, RunReport report, SetupReport base) {
        Optional<SetupReport> both = find(report, "nested:2M/2M");
        StringBuilder parts = new StringBuilder();
        both.ifPresent(one -> gain(parts, base, one, "in both dimensions"));
        find(report, "nested:2M/4K")
                .ifPresent(guest -> gain(parts, base, guest, "in the guest alone"));
        find(report, "nested:4K/2M")
                .ifPresent(host -> gain(parts, base, host, "in the host alone"));
        if (both.isPresent()) {
            conclusion
                    .expect(
                            "large-pages-pay",
                            Condition.below(
                                    "cycles of nested 2M/2M",
                                    (double) both.get().cycles(),
                                    "cycles of nested 4K/4K",
                                    (double) base.cycles(),
                                    0))
                    .say(
                            "2M pages would %s.",
                            "2M pages would %s: in both they do not pay.", parts);
        } else if (!parts.isEmpty()) {
            conclusion.say("2M pages would %s.", parts);
        }
    }

    /// One more of the cycles that are saved or lost, as parts of the base's; the verb stands
    /// before the first of those alike.
    private static void gain(
            StringBuilder parts, SetupReport base, SetupReport other, String where) {
        double saved = (double) (base.cycles() - other.cycles()) / base.cycles();
        String verb = saved < 0 ? COST : GET_BACK;
        String verbBefore = parts.lastIndexOf(COST) > parts.lastIndexOf(GET_BACK) ? COST : GET_BACK;
        if (!parts.isEmpty()) {
            parts.append(", ");
        }
        if (parts.isEmpty() || !verb.equals(verbBefore)) {
            parts.append(verb);
        }
        parts.append(format("%s %s", percent(Math.abs(saved)), where));
    }

    private static void shadow(Conclusion conclusion, SetupReport shadow, SetupReport base) {
        long difference = shadow.cycles() - base.cycles();
        double part = (double) Math.abs(difference) / base.cycles();
        conclusion.say(
                "Shadow paging, with %s for guest page-table writes, would be %s %s than nested.",
                counted(shadow.exits(), "exit"),
                percent(part),
                difference < 0 ? "faster" : "slower");
    }

    private static SetupReport slowest(RunReport report) {
        return report.setups().stream()
                .max(Comparator.comparingLong(SetupReport::cycles))
                .orElseThrow();
    }

    private static void cheapest(Conclusion conclusion, RunReport report) {
        SetupReport least =
                report.setups().stream()
                        .min(Comparator.comparingLong(SetupReport::cycles))
                        .orElseThrow();
        SetupReport most = slowest(report);
        if (report.setups().size() == 1) {
            conclusion.say(
                    "%s spends %s of its cycles on translation.",
                    least.name(), percent(least.translationShare()));
            return;
        }
        conclusion.say(
                "%s is the fastest and spends %s of its cycles on translation; %s, the slowest,"
                        + " spends %s.",
                least.name(),
                percent(least.translationShare()),
                most.name(),
                percent(most.translationShare()));
    }

    private static Optional<SetupReport> find(RunReport report, String name) {
        return report.setups().stream().filter(setup -> setup.name().equals(name)).findFirst();
    }
}
