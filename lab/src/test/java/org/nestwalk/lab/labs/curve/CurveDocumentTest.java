package org.nestwalk.lab.labs.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.curve.CurveSizes;
import org.nestwalk.lab.labs.curve.CurveResult.Marked;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.Reuse;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;
import org.nestwalk.lab.labs.curve.CurveResult.Simulated;
import org.nestwalk.lab.labs.curve.CurveResult.Tlb;
import org.nestwalk.lab.labs.curve.CurveResult.WorkingSet;

/// Sentences about planted figures: each turns when the figures do.
class CurveDocumentTest {
    private static final int OWN = 1024;

    /// Misses by entries; with fewer than four ways one in ten more.
    private static SetupCurve setup(String name, IntUnaryOperator misses) {
        return setup(name, misses, misses.applyAsInt(OWN), 0.01, 1);
    }

    @Test
    void setupsOfEqualCurvesAreListed() {
        IntUnaryOperator misses = entries -> 1 << 17;
        assertThat(CurveFigures.names(List.of(setup("a", misses)))).isEqualTo("a");
        assertThat(CurveFigures.names(List.of(setup("a", misses), setup("b", misses))))
                .isEqualTo("a and b");
        assertThat(
                        CurveFigures.names(
                                List.of(
                                        setup("a", misses),
                                        setup("b", misses),
                                        setup("c", misses))))
                .isEqualTo("a, b and c");
    }

    private static SetupCurve setup(
            String name, IntUnaryOperator misses, long simulated, double off, double rate) {
        List<Point> points =
                CurveSizes.all().stream()
                        .filter(size -> rate == 1 || size.sets() == 1)
                        .map(size -> {
                            int full = misses.applyAsInt(size.entries());
                            int more = size.ways() < 4 ? full / 10 : 0;
                            return new Point(size.entries(), size.ways(), full + more, 10L * full);
                        })
                        .toList();
        List<Reuse> reuses = new ArrayList<>();
        for (int pages = 1; pages <= 1 << 16; pages *= 2) {
            reuses.add(new Reuse(pages, pages / 2));
        }
        Point own = new Point(OWN, 8, misses.applyAsInt(OWN), 10);
        return new SetupCurve(
                name,
                200_000,
                0,
                10,
                700,
                rate,
                50,
                points,
                List.of(new Marked(List.of("a", "b"), own)),
                List.of(
                        new Simulated(own, 8, simulated, 10, 0.0),
                        new Simulated(own, 8, simulated, 10, off)),
                reuses,
                List.of(new WorkingSet(1, 1), new WorkingSet(2, 1.5)));
    }

    private static String text(SetupCurve... setups) {
        boolean sampled = setups[0].rate() < 1;
        CurveResult result =
                new CurveResult(
                        "a machine",
                        "gups",
                        1_000_000,
                        List.of(),
                        new Tlb("L2", List.of("4K", "2M"), OWN, 8, 9),
                        sampled,
                        List.of(setups));
        return OneLine.of(CurveDocument.of(result));
    }

    private static int sharp(int entries) {
        return entries < 256 ? 100_000 : 1_000;
    }

    private static int even(int entries) {
        return 10_000 * (17 - Integer.numberOfTrailingZeros(entries));
    }

    @Test
    void kneeIsWhereTheCurveIsFarthestBelowALine() {
        assertThat(text(setup("native:4K", CurveDocumentTest::sharp)))
                .contains(
                        "Under native:4K the knee is at 256 entries: up to there misses fall from"
                                + " 100.00 to 1.00 per thousand accesses, and beyond it, up to"
                                + " 65,536 entries, to 1.00.");
        assertThat(text(setup("native:4K", CurveDocumentTest::even)))
                .contains(
                        "Under native:4K there is no knee: misses fall evenly, or late, from 130.00"
                                + " per thousand accesses with 16 entries to 10.00 with 65,536.");
        assertThat(text(setup("native:4K", _ -> 7_000)))
                .contains(
                        "Under native:4K the size makes no difference: 7.00 misses per thousand"
                                + " accesses from 16 to 65,536 entries.");
    }

    @Test
    void whatMoreEntriesSpareIsSaid() {
        assertThat(text(setup("native:4K", CurveDocumentTest::even)))
                .contains(
                        "In place of its 1,024 entries, 65,536 would spare 86 % of misses, and 90 %"
                                + " of that is had with 65,536.");
        assertThat(text(setup("native:4K", entries -> entries < 4096 ? 50_000 : 40_000)))
                .contains("65,536 would spare 20 % of misses, and 90 % of that is had with 4,096.");
        assertThat(text(setup("native:4K", CurveDocumentTest::sharp)))
                .contains(
                        "In place of its 1,024 entries, even 65,536 would spare only 0.0 % of"
                                + " misses.");
        assertThat(text(setup("native:4K", CurveDocumentTest::sharp, 900, 0, 1)))
                .contains("would miss more often than its 1,024 do");
    }

    @Test
    void fewestWaysThatAreEnoughAreNamed() {
        assertThat(text(setup("native:4K", CurveDocumentTest::even)))
                .contains(
                        "Of 1,024 entries, 4 ways miss at most 5.0 % more often than full"
                                + " associativity.");
        assertThat(text(setup("native:4K", _ -> 0)))
                .contains("Of 1,024 entries, 1 way misses at most");
    }

    @Test
    void setupsWithTheSameMissesShareATableAndSentences() {
        String text =
                text(
                        setup("native:4K", CurveDocumentTest::even),
                        setup("native:2M", CurveDocumentTest::sharp),
                        setup("nested:4K/4K", CurveDocumentTest::even));
        assertThat(text)
                .contains("by number of ways, under native:4K and nested:4K/4K")
                .contains("Under native:4K and nested:4K/4K there is no knee")
                .contains(
                        "2M pages instead: under native:2M the machine as it is misses 1.00 times"
                                + " per thousand accesses; under native:4K not even 65,536 entries"
                                + " come down to that, but to 10.00.");
        assertThat(
                        text(
                                setup("shadow:4K", CurveDocumentTest::sharp),
                                setup("shadow:2M", entries -> sharp(entries) + 1)))
                .contains(
                        "2M pages instead: under shadow:2M the machine as it is misses 1.00 times"
                                + " per thousand accesses, which 256 entries do under shadow:4K.");
    }

    @Test
    void simulationsThatDifferAreADefect() {
        assertThat(text(setup("native:4K", CurveDocumentTest::even)))
                .contains("The pass has the misses of 2 simulated sizes exactly.");
        assertThat(text(setup("native:4K", CurveDocumentTest::even, 1, 0, 1)))
                .contains("The pass differs from 2 simulated sizes in misses: a defect");
    }

    @Test
    void estimatesThatAreFarOffAreSaidToBe() {
        assertThat(text(setup("native:4K", CurveDocumentTest::even)))
                .contains("Estimates of cycles are within 1.0 % of those simulated.");
        assertThat(text(setup("native:4K", CurveDocumentTest::even, even(OWN), -0.4, 1)))
                .contains("Estimates of cycles are off by up to 40 % where they were simulated");
    }

    @Test
    void samplesOfFewPagesAreNotToBeTrusted() {
        SetupCurve few = setup("native:4K", CurveDocumentTest::even, even(OWN), 0, 0.01);
        assertThat(text(few))
                .contains(
                        "Curves are estimates by 1.0 % of pages, under some setup by 700 pages, too"
                                + " few to trust")
                .doesNotContain("by number of ways");
    }
}
