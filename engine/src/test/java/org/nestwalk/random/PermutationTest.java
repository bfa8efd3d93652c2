package org.nestwalk.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 100, 511, 512, 513, 65_536, 100_003})
    void takesEveryValueOnce(int size) {
        Permutation permutation = new Permutation(size, 17);
        BitSet seen = new BitSet(size);
        for (int i = 0; i < size; i++) {
            seen.set((int) permutation.apply(i));
        }
        assertThat(seen.cardinality()).isEqualTo(size);
        assertThat(seen.length()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 6, 1000, (1L << 34) + 12345, 1L << 46, 1L << 62})
    void invertUndoesApply(long size) {
        Permutation permutation = new Permutation(size, 23);
        Xoshiro256 random = new Xoshiro256(5);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextBelow(size);
            assertThat(permutation.invert(permutation.apply(value))).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 6, 1000, 1025, (1L << 34) + 12345, 1L << 62})
    void manyAtOnceHaveTheSameImages(long size) {
        Permutation permutation = new Permutation(size, 29);
        Xoshiro256 random = new Xoshiro256(7);
        long[] values = LongStream.generate(() -> random.nextBelow(size)).limit(1000).toArray();
        long[] images = new long[1000];
        permutation.apply(values, 999, images);
        for (int i = 0; i < 999; i++) {
            assertThat(images[i]).isEqualTo(permutation.apply(values[i]));
        }
        assertThat(images[999]).isZero();
    }

    @Test
    void seedsGiveDifferentOrders() {
        Permutation one = new Permutation(1 << 20, 1);
        Permutation two = new Permutation(1 << 20, 2);
        int same = 0;
        for (int i = 0; i < 1000; i++) {
            same += one.apply(i) == two.apply(i) ? 1 : 0;
        }
        assertThat(same).isLessThan(5);
    }

    @Test
    void neighboursAreScattered() {
        Permutation permutation = new Permutation(1 << 20, 3);
        int near = 0;
        for (int i = 0; i < 10_000; i++) {
            near += Math.abs(permutation.apply(i) - permutation.apply(i + 1)) < 512 ? 1 : 0;
        }
        // Independent draws would give about 10 (2 x 512 of 2^20).
        assertThat(near).isLessThan(60);
    }

    @Test
    void nothingCannotBePermuted() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Permutation(0, 1));
    }
}
