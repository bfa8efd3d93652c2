package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuddyAllocatorTest {
    private static final long MIB = 1 << 20;
    private static final long BASE = 16 * MIB;

    private final BuddyAllocator allocator = new BuddyAllocator(BASE, 8 * MIB);

    @Test
    void freshRangeIsFreeInLargestBlocks() {
        BuddyAllocator odd = new BuddyAllocator(BASE, 8 * MIB + 3 * 4096);
        assertThat(odd.totalFrames()).isEqualTo(2051);
        assertThat(odd.freeFrames()).isEqualTo(2051);
        assertThat(FragmentationMeasures.freeLists(odd))
                .containsExactly(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2);
        assertThat(odd.end()).isEqualTo(BASE + 8 * MIB + 3 * 4096);
    }

    @Test
    void requestTakesTheSmallestSufficientBlockAtTheLowestAddress() {
        assertThat(allocator.allocate(0)).isEqualTo(BASE);
        assertThat(allocator.allocate(9)).isEqualTo(BASE + 2 * MIB);
        assertThat(allocator.allocate(0)).isEqualTo(BASE + 4096);
        assertThat(allocator.allocate(3)).isEqualTo(BASE + 0x8000);
        assertThat(allocator.allocate(10)).isEqualTo(BASE + 4 * MIB);
        assertThat(allocator.allocate(9)).isEqualTo(-1);
    }

    @Test
    void freedBuddiesMergeAtOnce() {
        long first = allocator.allocate(0);
        long second = allocator.allocate(0);
        allocator.free(first, 0);
        assertThat(allocator.freeBlocks(0)).isEqualTo(1);
        allocator.free(second, 0);
        assertThat(allocator.freeBlocks(0)).isZero();
        assertThat(allocator.freeBlocks(10)).isEqualTo(2);
    }

    @Test
    void certainBlockCanBeClaimedOnce() {
        assertThat(allocator.allocateAt(BASE + 3 * 4096, 0)).isTrue();
        assertThat(allocator.allocateAt(BASE + 3 * 4096, 0)).isFalse();
        assertThat(allocator.allocateAt(BASE, 9)).isFalse();
        assertThat(allocator.allocateAt(BASE, 1)).isTrue();
        assertThat(allocator.isFree(BASE + 2 * 4096)).isTrue();
        assertThat(allocator.isFree(BASE + 3 * 4096 + 5)).isFalse();
        assertThat(allocator.allocatedOrder(BASE + 4096)).isEqualTo(1);
        assertThat(allocator.allocatedOrder(BASE + 2 * 4096)).isEqualTo(-1);
        assertThat(allocator.freeFramesIn(BASE, 9)).isEqualTo(509);
    }

    @Test
    void splitAllocationIsFreedFrameByFrame() {
        BuddyAllocator before = allocator.copy();
        long block = allocator.allocate(9);
        allocator.splitAllocated(block, 9);
        for (int frame = 511; frame >= 0; frame--) {
            allocator.free(block + frame * 4096L, 0);
        }
        assertThat(allocator.sameStateAs(before)).isTrue();
    }

    @Test
    void splitBlockIsJoinedIfAllOfItIsAllocatedFrames() {
        long block = allocator.allocate(9);
        BuddyAllocator before = allocator.copy();
        allocator.splitAllocated(block, 9);
        BuddyAllocator split = allocator.copy();
        assertThat(allocator.joinAllocated(block, 9)).isTrue();
        assertThat(allocator.sameStateAs(before)).isTrue();
        assertThat(allocator.joinAllocated(block, 9)).as("one block already").isFalse();
        assertThat(allocator.sameStateAs(before)).isTrue();
        allocator.splitAllocated(block, 9);
        assertThat(allocator.sameStateAs(split)).isTrue();
        allocator.free(block + 77 * 4096, 0);
        BuddyAllocator hole = allocator.copy();
        assertThat(allocator.joinAllocated(block, 9)).as("a frame is free").isFalse();
        assertThat(allocator.sameStateAs(hole)).isTrue();
    }

    @Test
    void blocksAreEnumeratedInAscendingOrder() {
        allocator.allocateAt(BASE + 4096, 0);
        allocator.allocateAt(BASE + 5 * 4096, 0);
        assertThat(allocator.nextAllocatedBlock(0, 0)).isEqualTo(BASE + 4096);
        assertThat(allocator.nextAllocatedBlock(BASE + 4097, 0)).isEqualTo(BASE + 5 * 4096);
        assertThat(allocator.nextAllocatedBlock(BASE + 6 * 4096, 0)).isEqualTo(-1);
        assertThat(allocator.nextFreeBlock(BASE, 0)).isEqualTo(BASE);
        assertThat(allocator.nextFreeBlock(BASE + 1, 0)).isEqualTo(BASE + 4 * 4096);
        assertThat(allocator.nextFreeBlock(1L << 51, 10)).isEqualTo(-1);
    }

    @Test
    void doubleFreeIsRefused() {
        long block = allocator.allocate(2);
        allocator.free(block, 2);
        assertThatIllegalStateException()
                .isThrownBy(() -> allocator.free(block, 2))
                .withMessage(
                        "the block of order 2 at 0x1000000 is not allocated: there is a free"
                                + " frame");
    }

    @Test
    void freeingWithAnotherOrderIsRefused() {
        long block = allocator.allocate(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> allocator.free(block, 1))
                .withMessageContaining("there is a block of order 2");
        assertThatIllegalStateException().isThrownBy(() -> allocator.free(block, 3));
        assertThatIllegalStateException().isThrownBy(() -> allocator.free(block + 4096, 0));
        assertThat(allocator.freeFrames()).isEqualTo(2044);
    }

    @ParameterizedTest
    @CsvSource({"0x1000800, 0", "0x1001000, 1", "0xfff000, 0", "0x1800000, 0", "0x1000000, 11"})
    void blockThatCannotBeIsRefused(String address, int order) {
        long block = Long.decode(address);
        assertThatIllegalArgumentException().isThrownBy(() -> allocator.free(block, order));
        assertThatIllegalArgumentException().isThrownBy(() -> allocator.allocateAt(block, order));
    }

    @Test
    void partBeyondTheEndIsNoBlock() {
        BuddyAllocator odd = new BuddyAllocator(0, 3 * 4096);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> odd.allocateAt(2 * 4096, 1))
                .withMessageContaining("0x2000");
        assertThat(odd.allocate(1)).isZero();
        assertThat(odd.allocate(0)).isEqualTo(2 * 4096);
        assertThat(odd.allocate(0)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 11})
    void ordersAreZeroToTen(int order) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> allocator.allocate(order))
                .withMessageContaining("order " + order);
    }

    @ParameterizedTest
    @CsvSource({
        "-4194304, 4096",
        "4096, 4096",
        "0, 0",
        "0, 4095",
        "0, 17592186048512",
        "4503599623176192, 8388608"
    })
    void boundsOfTheRangeAreChecked(long base, long bytes) {
        assertThatIllegalArgumentException().isThrownBy(() -> new BuddyAllocator(base, bytes));
    }

    @Test
    void largeHostIsMadeAtOnce() {
        Assertions.assertTimeout(
                Duration.ofSeconds(1),
                () -> {
                    BuddyAllocator host = new BuddyAllocator(0, 256L << 30);
                    for (int i = 0; i < 100_000; i++) {
                        host.allocate(i % 10);
                    }
                });
    }
}
