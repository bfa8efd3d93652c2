package org.nestwalk.lab.labs.curve;

import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.curve.CurveFigures.Knee;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;
import org.nestwalk.lab.labs.curve.CurveResult.Simulated;

/// What curves show, and what they do not.
final class CurveConclusion {
    // A curve that bends by less has no knee.
    private static final double BEND = 0.15;
    // What spares a smaller part of misses spares nearly nothing.
    private static final double GAIN = 0.05;
    // Estimates that are off by less are near.
    private static final double NEAR = 0.1;
    // By fewer pages estimates vary too much from one choice of pages to another.
    private static final double FEW_PAGES = 1000;
    // Ways are enough if they miss no more than so many times as often as full associativity.
    private static final double ENOUGH = 1.05;

    private final CurveResult result;
    private final Conclusion conclusion = new Conclusion();

    private CurveConclusion(CurveResult result) {
        this.result = result;
    }

    static Conclusion of(CurveResult result) {
        CurveConclusion made = new CurveConclusion(result);
        for (List<SetupCurve> alike : CurveFigures.alike(result)) {
            made.shape(alike);
        }
        for (List<SetupCurve> alike : CurveFigures.alike(result)) {
            SetupCurve small = alike.getFirst();
            CurveFigures.large(result, small).ifPresent(large -> made.largePages(small, large));
        }
        made.checks();
        return made.conclusion;
    }

    /// The knee, what is to be gained, and what ways do.
    private void shape(List<SetupCurve> alike) {
        SetupCurve setup = alike.getFirst();
        List<Point> full = setup.full();
        Knee knee = CurveFigures.knee(full);
        conclusion
                .expect(
                        claim("knee", setup),
                        Condition.atLeast(
                                "bend of the curve of " + setup.setup(), knee.bend(), BEND))
                .say(
                        "Under %1$s the knee is at %2$,d entr{y|ies}: up to there misses fall from"
                                + " %3$s to %4$s per thousand accesses, and beyond it, up to %5$,d"
                                + " entries, to %6$s.",
                        full.getFirst().misses() == full.getLast().misses()
                                ? "Under %1$s the size makes no difference: %3$s misses per"
                                        + " thousand accesses from 16 to %5$,d entr{y|ies}."
                                : "Under %1$s there is no knee: misses fall evenly, or late, from"
                                        + " %3$s per thousand accesses with 16 entries to %6$s with"
                                        + " %5$,d.",
                        CurveFigures.names(alike),
                        knee.at().entries(),
                        perThousand(full.getFirst()),
                        perThousand(knee.at()),
                        full.getLast().entries(),
                        perThousand(full.getLast()));
        gain(setup, full);
        ways(setup);
    }

    private void gain(SetupCurve setup, List<Point> full) {
        long own = setup.own().misses();
        long least = full.getLast().misses();
        double gain = own == 0 ? 0 : 1 - (double) least / own;
        Point enough = CurveFigures.gaining(full, own, CurveFigures.NEARLY_ALL);
        conclusion
                .expect(
                        claim("more-entries-pay", setup),
                        Condition.atLeast(
                                "part of misses that the most entries spare under " + setup.setup(),
                                gain,
                                GAIN))
                .say(
                        "In place of its %1$,d entr{y|ies}, %2$,d would spare %3$s of misses, and"
                                + " %4$s of that is had with %5$,d.",
                        gain < 0
                                ? "A fully associative TLB of the %2$,d entr{y|ies} would miss more"
                                        + " often than its %1$,d do."
                                : "In place of its %1$,d entr{y|ies}, even %2$,d would spare only"
                                        + " %3$s of misses.",
                        result.tlb().entries(),
                        full.getLast().entries(),
                        Figures.percent(gain),
                        Figures.percent(CurveFigures.NEARLY_ALL),
                        enough.entries());
    }

    private void ways(SetupCurve setup) {
        int entries = Math.clamp(Integer.highestOneBit(result.tlb().entries()), 16, 1 << 16);
        int ways = CurveFigures.waysEnough(setup, entries, ENOUGH);
        if (!result.sampled() && setup.lookups() > 0) {
            conclusion.say(
                    "Of %,d entr{y|ies}, %,d way{s} {misses|miss} at most %s more often than full"
                            + " associativity.",
                    entries, ways, Figures.percent(ENOUGH - 1));
        }
    }

    private void largePages(SetupCurve small, SetupCurve large) {
        Point most = small.full().getLast();
        long own = large.own().misses();
        Optional<Point> reached = CurveFigures.reaching(small.full(), own);
        conclusion
                .expect(
                        claim("large-pages-beat-every-size", small),
                        Condition.below(
                                "misses under " + large.setup() + " on the machine as it is",
                                (double) own,
                                "misses under " + small.setup() + " with the most entries",
                                (double) most.misses(),
                                0))
                .say(
                        "2M pages instead: under %1$s the machine as it is misses %2$s times per"
                            + " thousand accesses; under %3$s not even %4$,d entr{y|ies} come down"
                            + " to that, but to %5$s.",
                        "2M pages instead: under %1$s the machine as it is misses %2$s times per"
                                + " thousand accesses, which %6$,d entr{y|ies} do under %3$s.",
                        large.setup(),
                        perThousand(own),
                        small.setup(),
                        most.entries(),
                        perThousand(most),
                        reached.orElse(most).entries());
    }

    /// What was simulated beside the curves.
    private void checks() {
        long wrong = 0;
        double off = 0;
        double missesOff = 0;
        int sizes = result.setups().getFirst().simulated().size();
        for (SetupCurve setup : result.setups()) {
            for (Simulated one : setup.simulated()) {
                long difference = Math.abs(one.point().misses() - one.misses());
                wrong += difference;
                missesOff = Math.max(missesOff, (double) difference / Math.max(1, setup.lookups()));
                off = Math.max(off, Math.abs(Optional.ofNullable(one.deviation()).orElse(0.0)));
            }
        }
        if (result.sampled()) {
            sample(missesOff);
        } else {
            conclusion
                    .expect(
                            "one-pass-is-exact",
                            Condition.alike(
                                    "misses by which the pass differs from simulations",
                                    (double) wrong,
                                    "none",
                                    0,
                                    0))
                    .say(
                            "The pass has the misses of %d simulated size{s} exactly.",
                            "The pass differs from %d simulated size{s} in misses: a defect of"
                                    + " Nestwalk.",
                            sizes);
        }
        if (sizes > 1 && !result.sampled()) {
            conclusion
                    .expect(
                            "cycles-are-near",
                            Condition.atMost(
                                    "greatest deviation of the estimate of cycles",
                                    off,
                                    "what is near",
                                    NEAR))
                    .say(
                            "Estimates of cycles are within %1$s of those simulated.",
                            "Estimates of cycles are off by up to %1$s where they were simulated:"
                                    + " walks take longer or shorter as they become rare, so"
                                    + " simulate the sizes that matter.",
                            Figures.percent(off));
        }
    }

    private void sample(double off) {
        LongSummaryStatistics followed =
                result.setups().stream()
                        .filter(one -> one.rate() < 1)
                        .mapToLong(SetupCurve::pages)
                        .summaryStatistics();
        if (followed.getCount() == 0) {
            conclusion.say("All pages were followed, so that the curves are exact.");
            return;
        }
        long pages = followed.getMin();
        double rate = result.setups().stream().mapToDouble(SetupCurve::rate).min().orElseThrow();
        conclusion
                .expect(
                        "enough-pages-are-followed",
                        Condition.atLeast(
                                "pages followed where not all are", (double) pages, FEW_PAGES))
                .say(
                        "Curves are estimates by %1$s of pages; where a size was simulated they are"
                            + " off by at most %2$.4f misses a look-up, associativity included.",
                        "Curves are estimates by %1$s of pages, under some setup by %3$,d page{s},"
                                + " too few to trust: follow more. Where a size was simulated they"
                                + " are off by up to %2$.4f misses a look-up.",
                        Figures.percent(rate),
                        off,
                        pages);
    }

    private String perThousand(Point point) {
        return perThousand(point.misses());
    }

    private String perThousand(long misses) {
        return Figures.format("%.2f", 1e3 * misses / result.accesses());
    }

    /// The name of an effect that is expected under one setup.
    private static String claim(String effect, SetupCurve setup) {
        return effect
                + "-under-"
                + setup.setup().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
