package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReuseIntervalsTest {
    /// By looking at each window.
    private static double workingSet(List<Integer> uses, int window) {
        long pages = 0;
        for (int end = 1; end <= uses.size(); end++) {
            Set<Integer> seen = new HashSet<>(uses.subList(Math.max(0, end - window), end));
            pages += seen.size();
        }
        return (double) pages / uses.size();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 400})
    void workingSetsAreThoseOfWindows(int warmup) {
        Random random = new Random(7);
        List<Integer> uses =
                IntStream.range(0, 1500)
                        .map(_ -> random.nextInt(1 + random.nextInt(200)))
                        .boxed()
                        .toList();
        ReuseIntervals intervals = new ReuseIntervals();
        Set<Integer> before = new HashSet<>();
        for (int i = 0; i < uses.size(); i++) {
            if (i == warmup) {
                intervals.clearCounts();
                before.addAll(uses.subList(0, i));
            }
            intervals.pass();
            intervals.use(uses.get(i), 1);
        }
        List<Integer> counted = uses.subList(warmup, uses.size());
        double[] sets = intervals.workingSets(1);
        assertThat(sets).hasSize(11);
        for (int power = 0; power < sets.length; power++) {
            assertThat(sets[power]).isCloseTo(workingSet(counted, 1 << power), within(1e-9));
        }
        assertThat(intervals.first())
                .isEqualTo(
                        (double)
                                new HashSet<>(counted)
                                        .stream().filter(page -> !before.contains(page)).count());
    }
}
