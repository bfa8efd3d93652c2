package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FragmentationMeasuresTest {
    private final BuddyAllocator allocator = new BuddyAllocator(0, 16 * 4096);

    @Test
    void freshMemoryIsNotFragmented() {
        assertThat(FragmentationMeasures.unusableIndex(allocator, 4)).isZero();
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 4)).isEqualTo(-1000);
    }

    @Test
    void oneFrameInTheMiddleLeavesOneBlockOfEachOrder() {
        // 16 frames, frame 8 taken: free are 0-7 (order 3), 9 (0), 10-11 (1), 12-15 (2).
        allocator.allocateAt(8 * 4096, 0);
        assertThat(FragmentationMeasures.freeLists(allocator)).startsWith(1, 1, 1, 1, 0, 0);
        assertThat(FragmentationMeasures.usableFrames(allocator, 2)).isEqualTo(12);
        assertThat(FragmentationMeasures.unusableIndex(allocator, 0)).isZero();
        assertThat(FragmentationMeasures.unusableIndex(allocator, 1)).isEqualTo(1 / 15.0);
        assertThat(FragmentationMeasures.unusableIndex(allocator, 2)).isEqualTo(3 / 15.0);
        assertThat(FragmentationMeasures.unusableIndex(allocator, 3)).isEqualTo(7 / 15.0);
        assertThat(FragmentationMeasures.unusableIndex(allocator, 4)).isEqualTo(1);
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 3)).isEqualTo(-1000);
        // 1000 - (1000 + 15000 / 16) / 4 = 1000 - 1937 / 4 = 1000 - 484
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 4)).isEqualTo(516);
    }

    @Test
    void everySecondFrameIsFragmentation() {
        for (int frame = 0; frame < 16; frame += 2) {
            allocator.allocateAt(frame * 4096L, 0);
        }
        // 8 blocks of order 0: 1000 - (1000 + 8000 / 2) / 8 = 375, and for order 3
        // 1000 - (1000 + 8000 / 8) / 8 = 750
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 1)).isEqualTo(375);
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 3)).isEqualTo(750);
        assertThat(FragmentationMeasures.unusableIndex(allocator, 1)).isEqualTo(1);
    }

    @Test
    void littleFreeMemoryIsLackOfMemory() {
        for (int frame = 1; frame < 16; frame++) {
            allocator.allocateAt(frame * 4096L, 0);
        }
        // 1000 - (1000 + 1000 / 1024) / 1
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 10)).isZero();
    }

    @Test
    void fullMemoryIsUnusableAndHasNoIndex() {
        allocator.allocate(4);
        assertThat(FragmentationMeasures.unusableIndex(allocator, 0)).isEqualTo(1);
        assertThat(FragmentationMeasures.fragmentationIndex(allocator, 0)).isZero();
    }
}
