package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.curve.NaiveCurve.Fault;
import org.nestwalk.mmu.model.Geometry;

/// A curve equals its twin; and faults of curves show against simulations.
class NaiveCurveTest {
    private static final String PROGRAM = "zipf:footprint=64MiB,accesses=20000,writes=0.3";
    private static final List<Geometry> SIZES =
            List.of(
                    CurveSizes.of(16, 16),
                    CurveSizes.of(64, 1),
                    CurveSizes.of(256, 4),
                    CurveSizes.of(96, 3),
                    CurveSizes.of(1024, 1024),
                    CurveSizes.of(2048, 8));

    /// Of pages of two sizes: a fragmented host gives some of each.
    @ParameterizedTest
    @EnumSource
    void eachFaultShowsInSomeSize(Fault fault) {
        VariedTlb tlb = Curves.tlb("textbook");
        NaiveCurve naive = new NaiveCurve(fault);
        CompareOptions options =
                Curves.options(
                        tlb.machineWith(tlb.model().geometry()), "fragmented:0.5", "native:2M");
        List<ComparisonResult> results = Curves.run(PROGRAM, tlb, options, SIZES, List.of(naive));
        List<Long> simulated =
                results.stream()
                        .skip(1)
                        .map(result -> result.setups().getFirst().counts().l2Misses())
                        .toList();
        List<Long> misses = SIZES.stream().map(naive::misses).toList();
        if (fault == Fault.NONE) {
            assertThat(misses).isEqualTo(simulated);
            ExactCurve curve = Curves.exact(tlb, SIZES);
            var _ = Curves.run(PROGRAM, tlb, options, List.of(), List.of(curve));
            assertThat(SIZES.stream().map(size -> (long) curve.misses(size)).toList())
                    .isEqualTo(misses);
        } else {
            assertThat(misses).isNotEqualTo(simulated);
        }
    }
}
