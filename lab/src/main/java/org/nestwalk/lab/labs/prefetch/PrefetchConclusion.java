package org.nestwalk.lab.labs.prefetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.WrongHint;

/// What a run shows, and what it does not.
final class PrefetchConclusion {
    // Latencies that are nearer to each other than this are called the same.
    private static final double NEARLY = 0.1;

    private final PrefetchResult result;
    private final Conclusion conclusion = new Conclusion();

    private PrefetchConclusion(PrefetchResult result) {
        this.result = result;
    }

    static Conclusion of(PrefetchResult result) {
        PrefetchConclusion made = new PrefetchConclusion(result);
        if (result.isMeasured()) {
            made.measured();
        } else {
            made.calls();
            made.latency();
            made.warmth();
            made.faultAround();
            made.strides();
            made.late();
            made.waste();
            made.wrong();
        }
        return made.conclusion;
    }

    private List<String> patterns() {
        return result.rows().stream().map(Row::pattern).distinct().toList();
    }

    private Optional<Row> row(String pattern, Way way) {
        return result.row(pattern, way.label());
    }

    private record Pair(Row one, Row other) {}

    /// The rows of two ways, of the patterns that have both.
    private List<Pair> pairs(Way one, Way other) {
        List<Pair> pairs = new ArrayList<>();
        for (String pattern : patterns()) {
            Optional<Row> first = row(pattern, one);
            Optional<Row> second = row(pattern, other);
            if (first.isPresent() && second.isPresent()) {
                pairs.add(new Pair(first.get(), second.get()));
            }
        }
        return pairs;
    }

    private static long violations(Row row) {
        return row.violations() == null ? 0 : row.violations();
    }

    private void calls() {
        List<Pair> pairs = pairs(Way.HINT, Way.DEMAND);
        if (pairs.isEmpty() || result.chunk() == null) {
            return;
        }
        int chunk = result.chunk();
        long calls = 0;
        long most = 0;
        long left = 0;
        long demand = 0;
        for (Pair pair : pairs) {
            calls += pair.one.hypercalls();
            most += (pair.one.announced() + chunk - 1) / chunk;
            left += violations(pair.one);
            demand += violations(pair.other);
        }
        conclusion
                .expect(
                        "a-hint-turns-violations-into-calls",
                        Condition.atMost(
                                "hypercalls of hints",
                                (double) calls,
                                "announced by chunk",
                                (double) most),
                        Condition.atMost("violations with hints", (double) left, "none", 0))
                .say(
                        "Hints turn %1$,d violation{s} into %2$,d hypercall{s} and %3$,d"
                                + " violation{s}.",
                        "Hints turn %1$,d violation{s} into %2$,d hypercall{s}, of at most %4$,d,"
                                + " and leave %3$,d violation{s}.",
                        demand,
                        calls,
                        left,
                        most);
    }

    private void latency() {
        List<Pair> pairs = pairs(Way.HINT, Way.EAGER);
        if (pairs.isEmpty()) {
            return;
        }
        Pair worst = pairs.getFirst();
        for (Pair pair : pairs) {
            if (ratio(pair) > ratio(worst)) {
                worst = pair;
            }
        }
        conclusion
                .expect(
                        "a-hint-leaves-tlb-misses-only",
                        Condition.atMost(
                                "99 % of first touches with a hint",
                                (double) worst.one.p99(),
                                "of memory that has been there all along, and a tenth more",
                                (1 + NEARLY) * worst.other.p99()))
                .say(
                        "With a hint 99 %% of first touches take no longer than %1$,d cycle{s}, as"
                                + " TLB misses on memory that has been there all along: %2$,d.",
                        "With a hint 99 %% of first touches take up to %1$,d cycle{s}, on memory"
                                + " that has been there all along up to %2$,d.",
                        worst.one.p99(),
                        worst.other.p99());
    }

    private static double ratio(Pair pair) {
        return (double) pair.one.p99() / Math.max(1, pair.other.p99());
    }

    private void warmth() {
        List<Pair> pairs = pairs(Way.HINT_WARM, Way.HINT);
        if (pairs.isEmpty()) {
            return;
        }
        double warm = pairs.stream().mapToLong(pair -> pair.one.allTime()).sum();
        double cold = pairs.stream().mapToLong(pair -> pair.other.allTime()).sum();
        double touches =
                pairs.stream().mapToLong(pair -> pair.one.allTime() - pair.one.hintTime()).sum();
        double before =
                pairs.stream()
                        .mapToLong(pair -> pair.other.allTime() - pair.other.hintTime())
                        .sum();
        conclusion
                .expect(
                        "warm-entries-pay",
                        Condition.below(
                                "cycles with warm entries", warm, "cycles without", cold, 0))
                .say(
                        "Bringing second-level entries into caches pays: touches take %2$.3f times"
                                + " as long, and all in all %1$.4f times.",
                        "Bringing second-level entries into caches does not pay: touches take"
                                + " %2$.3f times as long, but all in all it is %1$.4f times.",
                        warm / cold,
                        touches / before);
    }

    private void faultAround() {
        for (Pair pair : pairs(Way.AROUND, Way.DEMAND)) {
            if (pair.one.pattern().equals(Pattern.SEQUENTIAL.label())) {
                conclusion.say(
                        "Fault-around leaves %s of the violations of a program that goes through"
                                + " its pages in order.",
                        Figures.percent(
                                (double) violations(pair.one)
                                        / Math.max(1, violations(pair.other))));
            }
        }
    }

    private void strides() {
        Optional<Row> random = row(Pattern.RANDOM.label(), Way.STRIDE);
        Optional<Row> ordered = row(Pattern.STRIDED.label(), Way.STRIDE);
        if (random.isPresent() && ordered.isPresent()) {
            conclusion
                    .expect(
                            "strides-are-found-where-they-are",
                            Condition.below(
                                    "violations of strides",
                                    (double) violations(ordered.get()),
                                    "violations of a random order",
                                    (double) violations(random.get()),
                                    0.5 * result.pages()))
                    .say(
                            "Detected strides leave %1$,d violation{s} of a strided order and"
                                    + " %2$,d of a random one: without order nothing but a hint"
                                    + " helps.",
                            "Detected strides leave %1$,d violation{s} of a strided order and"
                                    + " %2$,d of a random one.",
                            violations(ordered.get()),
                            violations(random.get()));
        }
    }

    private void late() {
        List<Pair> pairs = pairs(Way.HINT_BESIDE, Way.DEMAND);
        if (pairs.isEmpty() || result.lead() == null) {
            return;
        }
        long left = pairs.stream().mapToLong(pair -> violations(pair.one)).sum();
        long all = pairs.stream().mapToLong(pair -> violations(pair.other)).sum();
        conclusion.say(
                "Backed beside the guest, which touches the first page %s after the hint, %s of"
                        + " the violations come before the page does.",
                Figures.time(result.lead()), Figures.percent((double) left / Math.max(1, all)));
    }

    private void waste() {
        List<Pair> pairs = pairs(Way.EAGER, Way.HINT);
        if (pairs.isEmpty()) {
            return;
        }
        long eager = pairs.stream().mapToLong(pair -> pair.one.wastedBytes()).sum();
        long hint = pairs.stream().mapToLong(pair -> pair.other.wastedBytes()).sum();
        conclusion
                .expect(
                        "hints-waste-less",
                        Condition.below(
                                "bytes wasted by hints",
                                (double) hint,
                                "bytes wasted eagerly",
                                (double) eager,
                                0))
                .say(
                        "Backing all of a range before wastes %1$s, hints %2$s.",
                        "Backing all of a range before wastes %1$s, hints no less: %2$s.",
                        Figures.bytes(eager),
                        Figures.bytes(hint));
    }

    private void wrong() {
        if (result.wrong() == null) {
            return;
        }
        for (WrongHint row : result.wrong()) {
            if (row.name().equals("hostile")) {
                conclusion
                        .expect(
                                "hostile-hints-are-capped",
                                Condition.atMost(
                                        "pages backed",
                                        (double) row.backed(),
                                        "cap",
                                        (double) row.capPages()),
                                Condition.atMost(
                                        "cycles of the host",
                                        (double) row.hostCycles(),
                                        "cap",
                                        (double) row.capCycles()))
                        .say(
                                "%,d hostile hint{s} cost the host %,d page{s}, of %,d that the"
                                        + " cap allows, and %s of the cycles that it does.",
                                "%,d hostile hint{s} cost the host %,d page{s}, where the cap is"
                                        + " %,d, and %s of the cycles that it allows.",
                                row.calls(),
                                row.backed(),
                                row.capPages(),
                                Figures.percent((double) row.hostCycles() / row.capCycles()));
            } else if (row.name().equals("never used")) {
                conclusion.say(
                        "A hint that is never used costs %,d cycle{s} for each page, and %s.",
                        Math.round((double) row.hostCycles() / Math.max(1, row.backed())),
                        Figures.bytes(row.wastedBytes()));
            }
        }
    }

    private void measured() {
        for (String pattern : patterns()) {
            Optional<Row> demand = result.row(pattern, MeasuredTouches.DEMAND);
            Optional<Row> populated = result.row(pattern, MeasuredTouches.POPULATED);
            Optional<Row> touched = result.row(pattern, MeasuredTouches.TOUCHED);
            if (demand.isEmpty() || populated.isEmpty() || touched.isEmpty()) {
                continue;
            }
            conclusion
                    .expect(
                            "populating-shortens-" + pattern + "-touches",
                            Condition.below(
                                    "median of first touches of populated memory",
                                    (double) populated.get().median(),
                                    "of memory backed on demand",
                                    (double) demand.get().median(),
                                    NEARLY * demand.get().median()))
                    .say(
                            "%1$s: first touches take %2$s on demand, %3$s of memory that"
                                    + " the host has populated, and %4$s where KVM has mapped"
                                    + " it, too (medians).",
                            "%1$s: that the host has populated memory gains little: first touches"
                                    + " take %2$s on demand, %3$s populated, and %4$s"
                                    + " where KVM has mapped it, too (medians).",
                            pattern.substring(0, 1).toUpperCase(Locale.ROOT) + pattern.substring(1),
                            Figures.time(demand.get().median()),
                            Figures.time(populated.get().median()),
                            Figures.time(touched.get().median()));
        }
    }
}
