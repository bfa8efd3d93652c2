package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;

class FragmentationTest {
    private static final long GIB = 1L << 30;
    private static final long SEED = 4711;

    private static double index(BuddyAllocator allocator) {
        return FragmentationMeasures.unusableIndex(allocator, 9);
    }

    /// The fraction of aligned 2-MiB blocks that are free.
    private static double freeShare(BuddyAllocator allocator) {
        return (double) FragmentationMeasures.usableFrames(allocator, 9) / allocator.totalFrames();
    }

    @ParameterizedTest
    @CsvSource({
        "0.1:random, 0.0002, 0.0003",
        "0.5:random, 0.0012, 0.0015",
        "0.9:random, 0.004, 0.005",
        "1:random, 0.01, 0.03",
        "0.1:clustered, 0.002, 0.005",
        "0.5:clustered, 0.015, 0.03",
        "0.9:clustered, 0.06, 0.09",
        "1:clustered, 0.2, 0.4"
    })
    void degreeIsReachedBarelyWithModestOccupancy(String spec, double least, double most) {
        BuddyAllocator allocator = new BuddyAllocator(0, 16 * GIB);
        Fragmentation fragmentation = Fragmentation.parse(spec);
        OtherTenants tenants = fragmentation.impose(allocator, SEED);
        assertThat(index(allocator)).isCloseTo(fragmentation.degree(), within(0.001));
        assertThat(index(allocator)).isGreaterThanOrEqualTo(fragmentation.degree());
        assertThat((double) tenants.frames() / allocator.totalFrames()).isBetween(least, most);
        assertThat(allocator.totalFrames() - allocator.freeFrames()).isEqualTo(tenants.frames());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.8})
    void blockIsFreeWithThePowerOfIndependentFramesIfRandom(double degree) {
        BuddyAllocator allocator = new BuddyAllocator(0, 64 * GIB);
        OtherTenants tenants =
                new Fragmentation(degree, Fragmentation.Kind.RANDOM).impose(allocator, SEED);
        double occupancy = (double) tenants.frames() / allocator.totalFrames();
        double expected = Math.pow(1 - occupancy, 512);
        double blocks = 64 * 512;
        double deviation = Math.sqrt(expected * (1 - expected) / blocks);
        assertThat(freeShare(allocator)).isCloseTo(expected, within(5 * deviation));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.8})
    void moreBlocksAreFreeIfClustered(double degree) {
        BuddyAllocator allocator = new BuddyAllocator(0, 64 * GIB);
        OtherTenants tenants =
                new Fragmentation(degree, Fragmentation.Kind.CLUSTERED).impose(allocator, SEED);
        double occupancy = (double) tenants.frames() / allocator.totalFrames();
        assertThat(freeShare(allocator)).isGreaterThan(10 * Math.pow(1 - occupancy, 512));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.9:random", "0.9:clustered"})
    void undoRestoresTheStateBefore(String spec) {
        BuddyAllocator allocator = new BuddyAllocator(4 << 20, GIB);
        for (int i = 0; i < 100; i++) {
            allocator.allocate(i % 11);
        }
        BuddyAllocator before = allocator.copy();
        OtherTenants tenants = Fragmentation.parse(spec).impose(allocator, SEED);
        assertThat(allocator.sameStateAs(before)).isFalse();
        tenants.undo();
        assertThat(allocator.sameStateAs(before)).isTrue();
        assertThat(tenants.frames()).isZero();
    }

    @Test
    void undoFindsFramesThatCompactionMoved() {
        BuddyAllocator allocator = new BuddyAllocator(4 << 20, GIB);
        BuddyAllocator before = allocator.copy();
        OtherTenants tenants = Fragmentation.parse("0.7:clustered").impose(allocator, SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 2000; i++) {
            long from = tenants.next(allocator.base() + random.nextLong(GIB));
            if (from < 0) {
                continue;
            }
            long to = allocator.allocate(0);
            allocator.free(from, 0);
            tenants.moved(from, to);
            assertThat(tenants.holds(from)).isFalse();
            assertThat(tenants.holds(to)).isTrue();
        }
        tenants.undo();
        assertThat(allocator.sameStateAs(before)).isTrue();
    }

    @Test
    void heldFramesAreThoseAllocated() {
        BuddyAllocator allocator = new BuddyAllocator(8 << 20, 64 << 20);
        OtherTenants tenants = Fragmentation.parse("0.5:clustered").impose(allocator, SEED);
        long next = tenants.next(0);
        for (long frame = allocator.base(); frame < allocator.end(); frame += 4096) {
            assertThat(tenants.holds(frame)).isEqualTo(!allocator.isFree(frame));
            if (frame == next) {
                assertThat(tenants.next(next)).isEqualTo(next);
                next = tenants.next(next + 1);
            } else {
                assertThat(tenants.holds(frame)).isFalse();
            }
        }
        assertThat(next).isEqualTo(-1);
    }

    @Test
    void wrongMovesAreRefused() {
        BuddyAllocator allocator = new BuddyAllocator(0, 64 << 20);
        OtherTenants tenants = Fragmentation.parse("0.5:random").impose(allocator, SEED);
        long held = tenants.next(0);
        long other = tenants.next(held + 1);
        assertThatIllegalStateException().isThrownBy(() -> tenants.moved(held, other));
        assertThatIllegalStateException().isThrownBy(() -> tenants.moved(held, 64 << 20));
        long free = allocator.allocate(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> tenants.moved(free, held))
                .withMessageContaining(Long.toHexString(free));
    }

    @Test
    void sameSeedOccupiesTheSameFrames() {
        BuddyAllocator one = new BuddyAllocator(0, GIB);
        BuddyAllocator two = new BuddyAllocator(0, GIB);
        BuddyAllocator three = new BuddyAllocator(0, GIB);
        Fragmentation fragmentation = Fragmentation.parse("0.9:clustered");
        fragmentation.impose(one, 1);
        fragmentation.impose(two, 1);
        fragmentation.impose(three, 2);
        assertThat(one.sameStateAs(two)).isTrue();
        assertThat(one.sameStateAs(three)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1:random", "1:clustered"})
    void tinyMemoryKeepsAFreeFrame(String spec) {
        for (int frames = 1; frames < 40; frames++) {
            BuddyAllocator allocator = new BuddyAllocator(0, frames * (1L << 19));
            Fragmentation.parse(spec).impose(allocator, frames);
            assertThat(allocator.freeFrames()).isPositive();
            assertThat(index(allocator)).isEqualTo(1);
        }
    }

    @Test
    void fullOrUnfragmentedMemoryIsLeftAlone() {
        BuddyAllocator full = new BuddyAllocator(0, 4 << 20);
        full.allocate(10);
        assertThat(Fragmentation.parse("0.9:random").impose(full, 1).frames()).isZero();
        BuddyAllocator whole = new BuddyAllocator(0, 4 << 20);
        assertThat(Fragmentation.NONE.impose(whole, 1).frames()).isZero();
        assertThat(whole.freeBlocks(10)).isEqualTo(1);
    }

    @Test
    void specSurvivesParsing() {
        for (String spec : new String[] {"none", "0.9:random", "0.5:clustered", "1.0:random"}) {
            assertThat(Fragmentation.parse(spec).spec()).isEqualTo(spec);
        }
        assertThat(Fragmentation.parse("0:random").spec()).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0.9",
                "random",
                ":random",
                "none:random",
                "0.9:",
                "0.9:scattered",
                "1.1:random",
                "-0.1:clustered",
                "NaN:random",
                "x:random"
            })
    void badSpecSaysWhatIsRight(String spec) {
        assertThatThrownBy(() -> Fragmentation.parse(spec))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'" + spec + "'")
                .hasMessageContaining("from 0 to 1")
                .hasMessageContaining("0.9:random");
    }

    @Test
    void degreeOutsideItsBoundsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fragmentation(1.5, Fragmentation.Kind.RANDOM));
    }
}
