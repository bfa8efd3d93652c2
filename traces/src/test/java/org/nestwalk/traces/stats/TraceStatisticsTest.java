package org.nestwalk.traces.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class TraceStatisticsTest {
    @Test
    void countsFootprintAndCrossingsOfARealTrace() {
        TraceSummary summary;
        try (TraceReader reader = Traces.open(Samples.DRMEMTRACE)) {
            summary = TraceStatistics.of(reader, n -> {});
        }

        // DynamoRIO's TLB simulator sees 113,418 instruction look-ups: 131 fetches cross a page.
        assertThat(summary.crossing()).isEqualTo(131);
        assertThat(summary.code().pages4k()).isEqualTo(61);
        assertThat(summary.regionsRecorded()).isFalse();
        assertThat(summary.regions()).hasSize(2);
        assertThat(summary.nonCanonical()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void reuseDistancesAgreeWithAListOfPages(long seed) {
        Random random = new Random(seed);
        ReuseDistances fast = new ReuseDistances();
        List<Long> stack = new ArrayList<>();
        int[] below64 = new int[1];
        int touches = 150_000;
        for (int i = 0; i < touches; i++) {
            long page = (long) (2 * Math.pow(random.nextDouble(), 3)) + random.nextInt(1 + i % 300);
            int distance = stack.indexOf(page);
            if (distance >= 0) {
                stack.remove(distance);
                below64[0] += distance < 64 ? 1 : 0;
            }
            stack.addFirst(page);
            fast.touch(page);
        }

        assertThat(fast.shareBelow(64)).isEqualTo((double) below64[0] / touches, within(1e-12));
        assertThat(fast.quantile(1)).isLessThan(300);
    }
}
