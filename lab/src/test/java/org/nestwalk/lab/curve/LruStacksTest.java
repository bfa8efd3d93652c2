package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LruStacksTest {
    /// Lists of pages in order of use, as deep as there are pages.
    private static final class Naive {
        private final List<List<Integer>> sets = new ArrayList<>();
        private final int ways;
        private final long[] uses;

        Naive(int count, int ways) {
            for (int i = 0; i < count; i++) {
                sets.add(new ArrayList<>());
            }
            this.ways = ways;
            this.uses = new long[ways + 1];
        }

        int use(int page, long key) {
            List<Integer> set = sets.get((int) (key % sets.size()));
            int distance = set.indexOf(page) + 1;
            set.removeIf(one -> one == page);
            set.addFirst(page);
            int counted = distance > ways ? 0 : distance;
            uses[counted]++;
            return counted;
        }

        void remove(int page) {
            sets.forEach(set -> set.removeIf(one -> one == page));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 10",
        "1, 16, 30",
        "8, 4, 100",
        "7, 5, 100",
        "64, 1, 1000",
        "1, 17, 40",
        "1, 64, 90",
        "1, 100, 3000",
        "3, 33, 200",
        "16, 32, 900",
        "5, 700, 4000",
        "2, 1500, 3500",
        "1, 2048, 5000"
    })
    void distancesAreThoseOfLists(int sets, int ways, int pages) {
        LruStacks stacks = LruStacks.of(sets, ways);
        Naive naive = new Naive(sets, ways);
        Random random = new Random(sets + 31L * ways);
        int[] used = new int[1000];
        long[] keys = new long[used.length];
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < used.length; i++) {
                boolean near = random.nextInt(3) == 0;
                used[i] = random.nextInt(near ? Math.max(1, pages / 8) : pages);
                keys[i] = used[i] * 5L;
            }
            int count = random.nextInt(used.length + 1);
            stacks.use(used, keys, count);
            for (int i = 0; i < count; i++) {
                naive.use(used[i], keys[i]);
            }
            if (round == 7) {
                stacks.clearCounts();
                Arrays.fill(naive.uses, 0);
            }
            assertThat(stacks.uses).isEqualTo(naive.uses);
        }
        long all = 0;
        for (long uses : naive.uses) {
            all += uses;
        }
        assertThat(stacks.misses(ways)).isEqualTo(naive.uses[0]);
        assertThat(stacks.misses(1)).isEqualTo(all - naive.uses[1]);
    }

    @Test
    void removedPagesAreNoLongerBetween() {
        DeepStacks stacks = new DeepStacks(1, 200);
        Naive naive = new Naive(1, 200);
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            int page = random.nextInt(300);
            if (random.nextInt(10) == 0) {
                stacks.remove(page);
                naive.remove(page);
            } else {
                assertThat(stacks.use(page, 0)).isEqualTo(naive.use(page, 0));
            }
        }
    }

    @Test
    void depthOfAStackIsTheMostThatIsAskedAbout() {
        DeepStacks stacks = new DeepStacks(1, LookupCurve.MOST_ENTRIES);
        for (int page = 0; page <= LookupCurve.MOST_ENTRIES; page++) {
            assertThat(stacks.use(page, 0)).isZero();
        }
        assertThat(stacks.use(0, 0)).as("one more in between than there are ways").isZero();
        assertThat(stacks.use(2, 0)).isEqualTo(LookupCurve.MOST_ENTRIES);
    }
}
