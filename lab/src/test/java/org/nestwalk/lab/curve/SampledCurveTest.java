package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.random.Xoshiro256;
import org.nestwalk.random.ZipfDistribution;

/// Samples against exact curves. The published bound: with 8192 pages (the constant megabyte of
/// SHARDS, FAST 2015, abstract) miss ratios are off by less than 0.01 on average.
class SampledCurveTest {
    private static final VariedTlb TLB = Curves.tlb("skylake-sp");
    private static final double PUBLISHED = 0.01;
    private static final int PUBLISHED_PAGES = 8192;
    private static final int LOOKUPS = 400_000;
    private static final List<Geometry> SIZES =
            CurveSizes.entries().stream().map(entries -> CurveSizes.of(entries, entries)).toList();
    private static final long SMALL =
            Translation.of(0, Translation.READABLE, Translation.SIZE_4K, Translation.SIZE_4K, 0);

    /// Pages of some program, one after the other.
    private interface Pages {
        long next();

        static Pages of(String name, long seed) {
            Random random = new Random(seed);
            ZipfDistribution zipf = new ZipfDistribution(200_000, 0.8);
            Xoshiro256 numbers = new Xoshiro256(seed);
            long[] walk = new long[2];
            return switch (name) {
                case "zipf" -> () -> zipf.next(numbers);
                case "uniform" -> () -> random.nextInt(60_000);
                case "loops" -> () -> walk[0]++ % 30_000;
                default ->
                        () -> {
                            // A program with phases: a hot set that moves, and scans.
                            walk[0]++;
                            return random.nextInt(4) == 0
                                    ? walk[1]++ % 150_000
                                    : walk[0] / 20_000 * 3_000 + random.nextInt(5_000);
                        };
            };
        }
    }

    private static void use(Pages pages, LookupCurve... curves) {
        for (int i = 0; i < LOOKUPS; i++) {
            long tag = pages.next();
            for (LookupCurve curve : curves) {
                curve.lookedUp(tag, false, false, SMALL);
            }
        }
    }

    private static double meanError(LookupCurve curve, LookupCurve exact) {
        return SIZES.stream()
                .mapToDouble(size -> Math.abs(curve.misses(size) - exact.misses(size)) / LOOKUPS)
                .average()
                .orElseThrow();
    }

    /// The error of samples for one program and one choice of pages, on average over sizes.
    private static double error(String name, long seed, SampledCurve sampled) {
        ExactCurve exact = Curves.exact(TLB, SIZES);
        use(Pages.of(name, 5 + seed), exact, sampled);
        return meanError(sampled, exact);
    }

    @Test
    void samplesOfFixedSizeAreOffByLessThanPublished() {
        List<Double> errors = new ArrayList<>();
        for (String name : List.of("zipf", "uniform", "loops", "phases")) {
            for (int seed = 1; seed <= 3; seed++) {
                SampledCurve sampled = SampledCurve.ofPages(TLB, PUBLISHED_PAGES, true, seed);
                errors.add(error(name, seed, sampled));
                assertThat(sampled.pages()).isLessThanOrEqualTo(PUBLISHED_PAGES);
                assertThat(sampled.rate()).isLessThan(0.3);
            }
        }
        assertThat(errors).allMatch(error -> error < 4 * PUBLISHED);
        assertThat(errors.stream().mapToDouble(error -> error).average().orElseThrow())
                .isLessThan(PUBLISHED);
    }

    /// Parts of pages that make about as many.
    @Test
    void samplesOfAFixedRateAreOffByLessThanPublished() {
        Map<String, Double> rates =
                Map.of("zipf", 0.07, "uniform", 0.14, "loops", 0.27, "phases", 0.08);
        List<Double> errors = new ArrayList<>();
        rates.forEach((name, rate) -> {
            for (int seed = 1; seed <= 3; seed++) {
                SampledCurve sampled = SampledCurve.ofRate(TLB, rate, true, seed);
                errors.add(error(name, seed, sampled));
                assertThat(sampled.rate()).isCloseTo(rate, within(1e-9));
            }
        });
        assertThat(errors).allMatch(error -> error < 4 * PUBLISHED);
        assertThat(errors.stream().mapToDouble(error -> error).average().orElseThrow())
                .isLessThan(PUBLISHED);
    }

    /// The paper's reason for SHARDS-adj: a page that is used much is in the sample or is not.
    @Test
    void adjustingMakesUpForHotPages() {
        double adjusted = 0;
        double plain = 0;
        for (int seed = 1; seed <= 8; seed++) {
            ExactCurve exact = Curves.exact(TLB, SIZES);
            SampledCurve one = SampledCurve.ofRate(TLB, 0.01, true, seed);
            SampledCurve other = SampledCurve.ofRate(TLB, 0.01, false, seed);
            use(Pages.of("zipf", seed), exact, one, other);
            adjusted += meanError(one, exact);
            plain += meanError(other, exact);
        }
        assertThat(adjusted).isLessThan(0.5 * plain);
    }

    @Test
    void sampleOfAllPagesIsExact() {
        ExactCurve exact = Curves.exact(TLB, SIZES);
        SampledCurve sampled = SampledCurve.ofPages(TLB, 1 << 20, true, 1);
        SampledCurve rate = SampledCurve.ofRate(TLB, 1, false, 1);
        use(Pages.of("phases", 2), exact, sampled, rate);
        for (Geometry size : SIZES) {
            assertThat(sampled.misses(size)).isEqualTo(exact.misses(size));
            assertThat(rate.misses(size)).isEqualTo(exact.misses(size));
        }
        assertThat(sampled.firstUses()).isEqualTo(exact.firstUses());
        assertThat(sampled.workingSets()).isEqualTo(exact.workingSets());
    }

    @Test
    void workingSetsAreEstimatedToo() {
        ExactCurve exact = Curves.exact(TLB, SIZES);
        SampledCurve sampled = SampledCurve.ofPages(TLB, 4096, true, 1);
        use(Pages.of("phases", 2), exact, sampled);
        double[] sets = exact.workingSets();
        for (int power = 10; power < sets.length; power++) {
            assertThat(sampled.workingSets()[power] / sets[power]).isCloseTo(1, within(0.1));
        }
    }

    @Test
    void sampleSaysNothingOfSets() {
        SampledCurve sampled = SampledCurve.ofRate(Curves.tlb("zen4"), 0.5, true, 1);
        assertThat(sampled.knows(CurveSizes.of(64, 4))).isFalse();
        assertThat(sampled.knows(CurveSizes.of(64, 64))).isTrue();
    }
}
