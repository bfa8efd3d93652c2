package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockSetTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 63, 64, 65, 4096, 4097, 300_000, 20_000_000})
    void isLikeASortedSet(long size) {
        long seed = 77 + size;
        SplittableRandom random = new SplittableRandom(seed);
        BlockSet set = new BlockSet(size);
        TreeSet<Long> twin = new TreeSet<>();
        for (int i = 0; i < 5000 && size > 0; i++) {
            long number = random.nextLong(random.nextBoolean() ? size : Math.min(size, 200));
            if (twin.add(number)) {
                set.add(number);
            } else {
                twin.remove(number);
                set.remove(number);
            }
            long from = random.nextLong(size);
            Long next = twin.ceiling(from);
            assertThat(set.next(from)).as("seed %d", seed).isEqualTo(next == null ? -1 : next);
            long end = from + random.nextLong(size - from + 1);
            assertThat(set.countIn(from, end))
                    .as("seed %d, %d to %d", seed, from, end)
                    .isEqualTo(twin.subSet(from, end).size());
            assertThat(set.contains(from)).isEqualTo(twin.contains(from));
        }
        assertThat(set.count()).isEqualTo(twin.size());
        assertThat(set.next(size)).isEqualTo(-1);
        assertThat(set.contains(-1)).isFalse();
        assertThat(set.contains(size)).isFalse();
        assertThat(set.copy().sameAs(set)).isTrue();
    }
}
