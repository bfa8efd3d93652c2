package org.nestwalk.lab.labs.run;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.percent;
import static org.nestwalk.document.Figures.ratio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nestwalk.lab.compare.FirstTouches;

/// What a comparison means, in sentences.
public final class RunSummary {
    private static final String BASE = "nested:4K/4K";

    private RunSummary() {}

    /// The sentences, of as many of the usual setups as were compared.
    public static String of(RunReport report) {
        Optional<SetupReport> base = find(report, BASE);
        if (base.isEmpty()) {
            return cheapest(report);
        }
        double share = base.get().translationShare();
        StringBuilder text = new StringBuilder();
        text.append(format("nested 4K/4K spends %s of its cycles on translation", percent(share)));
        find(report, "native:4K")
                .ifPresent(alone ->
                        text.append(format(", native 4K %s", percent(alone.translationShare()))));
        text.append(". ").append(largePages(report, base.get()));
        find(report, "shadow:4K").ifPresent(shadow -> text.append(shadow(shadow, base.get())));
        return text.toString();
    }

    /// What first touches of memory cost, and whether that makes the run too short to conclude
    /// from; empty without translation.
    public static String firstTouches(RunReport report) {
        SetupReport setup = find(report, BASE).orElseGet(() -> slowest(report));
        double exposed =
                (double) setup.exposedTranslationCycles() / Math.max(1, setup.translationCycles());
        return new FirstTouches(
                        setup.exposedTranslationCycles(),
                        Math.round(exposed * setup.flagCycles()),
                        Math.round(exposed * setup.coldCycles()),
                        setup.cycles(),
                        setup.accesses(),
                        report.manifest().warmup())
                .text(setup.name().replace(':', ' '));
    }

    /// Between what the cycles are if nobody knows which accesses depend on which; empty if that is
    /// known, or makes no difference.
    static String bounds(RunReport report) {
        SetupReport setup = find(report, BASE).orElseGet(() -> slowest(report));
        if (report.dependence().equals(RunReport.DECLARED)
                || setup.cycles() == setup.blockingCycles()) {
            return "";
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

    private static String largePages(RunReport report, SetupReport base) {
        List<String> parts = new ArrayList<>();
        find(report, "nested:2M/2M")
                .ifPresent(both ->
                        parts.add(
                                "2M pages in both dimensions would get back " + gain(base, both)));
        find(report, "nested:2M/4K")
                .ifPresent(guest -> parts.add("in the guest alone " + gain(base, guest)));
        find(report, "nested:4K/2M")
                .ifPresent(host -> parts.add("in the host alone " + gain(base, host)));
        return parts.isEmpty() ? "" : String.join("; ", parts) + ". ";
    }

    /// Cycles saved, as a part of the base's cycles.
    private static String gain(SetupReport base, SetupReport other) {
        return percent((double) (base.cycles() - other.cycles()) / base.cycles());
    }

    private static String shadow(SetupReport shadow, SetupReport base) {
        long difference = shadow.cycles() - base.cycles();
        double part = (double) Math.abs(difference) / base.cycles();
        return format(
                "Shadow paging, with %s for guest page-table writes, would be %s %s"
                        + " than nested.",
                counted(shadow.exits(), "exit"),
                percent(part),
                difference < 0 ? "faster" : "slower");
    }

    private static SetupReport slowest(RunReport report) {
        return report.setups().stream()
                .max(Comparator.comparingLong(SetupReport::cycles))
                .orElseThrow();
    }

    private static String cheapest(RunReport report) {
        SetupReport least =
                report.setups().stream()
                        .min(Comparator.comparingLong(SetupReport::cycles))
                        .orElseThrow();
        SetupReport most = slowest(report);
        if (report.setups().size() == 1) {
            return format(
                    "%s spends %s of its cycles on translation.",
                    least.name(), percent(least.translationShare()));
        }
        return format(
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
