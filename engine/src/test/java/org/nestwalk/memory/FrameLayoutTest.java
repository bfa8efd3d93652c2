package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.random.Xoshiro256;

class FrameLayoutTest {
    private static final long GIB = 1L << 30;
    private static final PhysicalZone HIGH = new PhysicalZone(1L << 46, 1L << 46);
    private static final PhysicalZone SMALL = new PhysicalZone(3 * GIB, 8 * GIB);

    @ParameterizedTest
    @CsvSource({
        "contiguous, 1",
        "contiguous, 2",
        "ascending, 2",
        "scattered, 3",
        "scattered, 4",
        "fragmented:0, 5",
        "fragmented:0.3, 6",
        "fragmented:0.001, 7",
        "fragmented:1, 8"
    })
    void pagesAreAlignedInTheZoneAndNeverOverlap(String spec, long seed) {
        FrameLayout layout = FrameLayout.parse(spec, HIGH, seed);
        Xoshiro256 random = new Xoshiro256(seed);
        TreeMap<Long, Long> ends = new TreeMap<>();
        for (int i = 0; i < 100_000; i++) {
            long draw = random.nextBelow(100);
            PageSize size =
                    draw < 80 ? PageSize.SIZE_4K : draw < 99 ? PageSize.SIZE_2M : PageSize.SIZE_1G;
            long frame = layout.allocate(size);
            if (frame == -1) {
                continue;
            }
            long end = frame + size.bytes();
            assertThat(frame % size.bytes()).isZero();
            assertThat(frame).isGreaterThanOrEqualTo(HIGH.base());
            assertThat(end).isLessThanOrEqualTo(HIGH.end());
            Map.Entry<Long, Long> below = ends.floorEntry(frame);
            Map.Entry<Long, Long> above = ends.ceilingEntry(frame);
            assertThat(below == null || below.getValue() <= frame)
                    .as("seed %d: %x overlaps what is below", seed, frame)
                    .isTrue();
            assertThat(above == null || above.getKey() >= end)
                    .as("seed %d: %x overlaps what is above", seed, frame)
                    .isTrue();
            ends.put(frame, end);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"contiguous", "ascending", "scattered", "fragmented:0.3"})
    void sameSeedGivesSameFrames(String spec) {
        FrameLayout one = FrameLayout.parse(spec, 9);
        FrameLayout two = FrameLayout.parse(spec, 9);
        for (int i = 0; i < 10_000; i++) {
            PageSize size = i % 7 == 0 ? PageSize.SIZE_2M : PageSize.SIZE_4K;
            assertThat(one.allocate(size)).isEqualTo(two.allocate(size));
        }
    }

    @Test
    void contiguousGivesConsecutiveFrames() {
        FrameLayout layout = FrameLayout.parse("contiguous", SMALL, 0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(layout.allocate(PageSize.SIZE_4K)).isEqualTo(3 * GIB + 4096L * i);
        }
        assertThat(layout.allocate(PageSize.SIZE_2M)).isEqualTo(7 * GIB);
        assertThat(layout.allocate(PageSize.SIZE_2M)).isEqualTo(7 * GIB + (2 << 20));
        assertThat(layout.allocate(PageSize.SIZE_1G)).isEqualTo(9 * GIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"contiguous", "scattered", "fragmented:0"})
    void fullPartGivesNoMore(String spec) {
        FrameLayout layout = FrameLayout.parse(spec, SMALL, 1);
        assertThat(layout.allocate(PageSize.SIZE_1G)).isNotEqualTo(-1);
        assertThat(layout.allocate(PageSize.SIZE_1G)).isNotEqualTo(-1);
        assertThat(layout.allocate(PageSize.SIZE_1G)).isEqualTo(-1);
        int frames = 0;
        while (layout.allocate(PageSize.SIZE_4K) != -1) {
            frames++;
        }
        assertThat(frames).isEqualTo(4 << 18);
    }

    @Test
    void scatteredFramesAreNotNeighbours() {
        FrameLayout layout = FrameLayout.parse("scattered", 2);
        long last = layout.allocate(PageSize.SIZE_4K);
        int neighbours = 0;
        for (int i = 0; i < 100_000; i++) {
            long frame = layout.allocate(PageSize.SIZE_4K);
            neighbours += Math.abs(frame - last) <= 4096 ? 1 : 0;
            last = frame;
        }
        assertThat(neighbours).isLessThan(20);
    }

    @Test
    void fragmentationFailsItsShareOfHugeRequests() {
        FrameLayout layout = FrameLayout.parse("fragmented:0.3", 3);
        int failed = 0;
        for (int i = 0; i < 512 * 31; i++) {
            failed += layout.allocate(PageSize.SIZE_2M) == -1 ? 1 : 0;
        }
        // Windows of 1, 2, 4, 8 and 16 GiB were used up: 154 of each 512 are broken.
        assertThat(failed).isEqualTo(154 * 31);
    }

    @Test
    void fragmentedMemoryIsUsedUpExactly() {
        FrameLayout layout = FrameLayout.parse("fragmented:0.25", SMALL, 4);
        int whole = 0;
        for (int i = 0; i < 8 * 512; i++) {
            whole += layout.allocate(PageSize.SIZE_2M) == -1 ? 0 : 1;
        }
        int frames = 0;
        while (layout.allocate(PageSize.SIZE_4K) != -1) {
            frames++;
        }
        assertThat((double) whole / (8 * 512)).isCloseTo(0.75, within(1e-9));
        assertThat(whole * 512 + frames).isEqualTo(8 << 18);
    }

    @Test
    void fragmentedMemoryHasNoGibibytePages() {
        FrameLayout layout = FrameLayout.parse("fragmented:0.0001", 5);
        for (int i = 0; i < 1000; i++) {
            assertThat(layout.allocate(PageSize.SIZE_1G)).isEqualTo(-1);
        }
    }

    @Test
    void specSurvivesParsing() {
        for (String spec :
                new String[] {"contiguous", "ascending", "scattered", "fragmented:0.3"}) {
            assertThat(FrameLayout.parse(spec, 1).spec()).isEqualTo(spec);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "linear",
                "fragmented",
                "fragmented:",
                "fragmented:2",
                "fragmented:-0.1",
                "fragmented:NaN",
                "fragmented:x",
                "scattered:1",
                "contiguous:",
                "ascending:1"
            })
    void badSpecSaysWhatIsRight(String spec) {
        assertThatThrownBy(() -> FrameLayout.parse(spec, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'" + spec + "'")
                .hasMessageMatching(".*(fragmented:|takes no parameter).*");
    }

    @Test
    void ascendingPlacesPagesWhereTheyAreInTheirGibibyte() {
        FrameLayout layout = FrameLayout.parse("ascending", HIGH, 0);
        long first = layout.allocate(0x7f00_1234_5000L, PageSize.SIZE_4K);
        long second = layout.allocate(0x7f00_1234_6000L, PageSize.SIZE_4K);
        long large = layout.allocate(0x7f00_1240_0000L, PageSize.SIZE_2M);
        long elsewhere = layout.allocate(0x7f01_0000_0000L, PageSize.SIZE_4K);
        long anywhere = layout.allocate(PageSize.SIZE_4K);
        assertThat(first - HIGH.base()).isEqualTo(0x1234_5000L);
        assertThat(second).isEqualTo(first + 4096);
        assertThat(large - HIGH.base()).isEqualTo(0x1240_0000L);
        assertThat(elsewhere - HIGH.base()).isEqualTo(1L << 30);
        assertThat(anywhere).isGreaterThan(elsewhere);
        assertThat(layout.isWritten()).isTrue();
    }

    @Test
    void ascendingEndsWhenEveryGibibyteIsTaken() {
        FrameLayout layout = FrameLayout.parse("ascending", SMALL, 0);
        long gibibytes = SMALL.bytes() >> 30;
        for (long i = 0; i < gibibytes; i++) {
            assertThat(layout.allocate(3 * i << 30, PageSize.SIZE_4K)).isNotEqualTo(-1);
        }
        assertThat(layout.allocate(1L << 45, PageSize.SIZE_4K)).isEqualTo(-1);
        assertThat(layout.allocate(PageSize.SIZE_2M)).isEqualTo(-1);
        assertThat(layout.allocate(4096, PageSize.SIZE_4K)).isNotEqualTo(-1);
    }
}
