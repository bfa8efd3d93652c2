package org.nestwalk.kvm.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class CutPagesTest {
    private static BitSet of(int... bits) {
        BitSet set = new BitSet();
        for (int bit : bits) {
            set.set(bit);
        }
        return set;
    }

    @Test
    void pagesClearlySlowerThanTheBestAreCut() {
        assertThat(CutPages.slower(new long[] {100, 104, 170, 98, 101, 180})).isEqualTo(of(2, 5));
    }

    @Test
    void pagesThatAreAllAlikeAreWhole() {
        assertThat(CutPages.slower(new long[] {170, 171, 169}).isEmpty()).isTrue();
    }

    @Test
    void longestRunOfWholePagesIsFound() {
        assertThat(CutPages.longestRunWithout(of(0, 3), 8)).isEqualTo(4);
        assertThat(CutPages.longestRunWithout(of(5, 6), 8)).isZero();
        assertThat(CutPages.longestRunWithout(of(), 8)).isZero();
        assertThat(CutPages.longestRunWithout(of(0, 1), 2)).isZero();
    }
}
