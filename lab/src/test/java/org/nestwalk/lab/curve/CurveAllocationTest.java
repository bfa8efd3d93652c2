package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.mmu.tlb.Translation;

class CurveAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long SMALL =
            Translation.of(0, Translation.READABLE, Translation.SIZE_4K, Translation.SIZE_4K, 0);

    static List<LookupCurve> curves() {
        VariedTlb tlb = Curves.tlb("skylake-sp");
        return List.of(
                Curves.exact(tlb, CurveSizes.all()),
                SampledCurve.ofRate(tlb, 0.2, true, 1),
                SampledCurve.ofPages(tlb, 2000, true, 1));
    }

    @ParameterizedTest
    @MethodSource("curves")
    void lookUpsOfKnownPagesAllocateNothing(LookupCurve curve) {
        Random random = new Random(1);
        long[] pages = random.longs(100_000, 0, 50_000).toArray();
        use(curve, pages);
        use(curve, pages);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        use(curve, pages);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private static void use(LookupCurve curve, long[] pages) {
        for (long page : pages) {
            curve.lookedUp(page, false, false, SMALL);
        }
    }
}
