package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NumaFramesTest {
    private static final long MIB = 1 << 20;

    private final NumaFrames frames = new NumaFrames(4 * MIB, 4 * MIB, 8 * MIB, 4 * MIB);

    @Test
    void nodesFollowEachOther() {
        assertThat(frames.nodes()).isEqualTo(3);
        assertThat(frames.nodeOf(4 * MIB)).isZero();
        assertThat(frames.nodeOf(8 * MIB - 1)).isZero();
        assertThat(frames.nodeOf(8 * MIB)).isEqualTo(1);
        assertThat(frames.nodeOf(16 * MIB)).isEqualTo(2);
        assertThat(frames.totalFrames()).isEqualTo(4096);
        assertThatIllegalArgumentException().isThrownBy(() -> frames.nodeOf(0));
        assertThatIllegalArgumentException().isThrownBy(() -> frames.nodeOf(20 * MIB));
    }

    @Test
    void fullNodeFallsBackOnTheNextOnes() {
        assertThat(frames.allocate(1, 10)).isEqualTo(8 * MIB);
        assertThat(frames.allocate(1, 10)).isEqualTo(12 * MIB);
        assertThat(frames.allocate(1, 10)).isEqualTo(16 * MIB);
        assertThat(frames.allocate(1, 10)).isEqualTo(4 * MIB);
        assertThat(frames.allocate(1, 10)).isEqualTo(-1);
        assertThat(frames.freeFrames()).isZero();
    }

    @Test
    void strictRequestDoesNotFallBack() {
        assertThat(frames.allocateOn(0, 10)).isEqualTo(4 * MIB);
        assertThat(frames.allocateOn(0, 0)).isEqualTo(-1);
    }

    @Test
    void freedBlockReturnsToItsNode() {
        NumaFrames before = frames.copy();
        long block = frames.allocate(2, 3);
        assertThat(frames.sameStateAs(before)).isFalse();
        frames.free(block, 3);
        assertThat(frames.sameStateAs(before)).isTrue();
        assertThat(frames.sameStateAs(new NumaFrames(4 * MIB, 4 * MIB))).isFalse();
    }

    @Test
    void nodesMustBeAligned() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NumaFrames(0, 2 * MIB, 4 * MIB));
        assertThatIllegalArgumentException().isThrownBy(() -> new NumaFrames(0));
    }
}
