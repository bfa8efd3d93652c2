package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nestwalk.guest.program.Streams.offset;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.Quantities;
import org.nestwalk.bits.Access;

class SimpleProgramsTest {
    @ParameterizedTest
    @CsvSource({
        "gups, 0", "gups, 0.2", "gups, 0.5",
        "sequential, 0", "sequential, 0.3", "sequential, 1",
        "pointer-chase, 0", "pointer-chase, 0.25", "pointer-chase, 0.5",
        "zipf, 0", "zipf, 0.05", "zipf, 0.5"
    })
    void shareOfStoresIsTheParameter(String name, double writes) {
        long[] accesses = Streams.read(name + ":accesses=400k,writes=" + writes);
        assertThat(Streams.shareOfStores(accesses)).isCloseTo(writes, within(0.005));
    }

    @Test
    void shareOfStoresHoldsForLongValuesToo() {
        long[] accesses = Streams.read("zipf:accesses=1M,writes=0.3,value=1KiB");
        assertThat(Streams.shareOfStores(accesses)).isCloseTo(0.3, within(0.01));
    }

    @Test
    void gupsStoresEveryWordItLoads() {
        long[] accesses = Streams.read("gups:accesses=10k,footprint=1GiB");
        for (int i = 0; i < accesses.length; i += 2) {
            assertThat(Access.kind(accesses[i])).isEqualTo(Access.LOAD);
            assertThat(Access.kind(accesses[i + 1])).isEqualTo(Access.STORE);
            assertThat(Access.address(accesses[i + 1])).isEqualTo(Access.address(accesses[i]));
        }
    }

    @Test
    void gupsIsUniform() {
        int[] counts = new int[64];
        for (long access : Streams.read("gups:accesses=640k,footprint=64GiB,writes=0")) {
            counts[(int) (offset(access) >> 30)]++;
        }
        // 99.99 % of each count lies within 4 standard deviations (100) of 10,000.
        for (int count : counts) {
            assertThat(count).isBetween(9_600, 10_400);
        }
    }

    @Test
    void sequentialStridesAndWraps() {
        long[] accesses = Streams.read("sequential:accesses=1000,footprint=4KiB,stride=24");
        for (int i = 0; i < accesses.length; i++) {
            assertThat(offset(accesses[i])).isEqualTo(i % 170 * 24L);
        }
    }

    @Test
    void streamRunsTheKernelsInTurn() {
        long[] accesses = Streams.read("stream:accesses=20400,footprint=48KiB");
        long third = 16 << 10;
        long pass = third / 8;
        // copy and scale make 2 accesses an element, add and triad 3
        assertElement(accesses, 5 * 2, 0, -1, 2, 5 * 8);
        assertElement(accesses, pass * 2 + 7 * 2, 2, -1, 1, 7 * 8);
        assertElement(accesses, pass * 4 + 9 * 3, 0, 1, 2, 9 * 8);
        assertElement(accesses, pass * 7 + 11 * 3, 1, 2, 0, 11 * 8);
    }

    private static void assertElement(
            long[] accesses, long at, int load, int second, int stored, long element) {
        long third = 16 << 10;
        int i = (int) at;
        assertThat(accesses[i++]).isEqualTo(load(load * third + element));
        if (second >= 0) {
            assertThat(accesses[i++]).isEqualTo(load(second * third + element));
        }
        assertThat(accesses[i])
                .isEqualTo(
                        Access.pack(
                                Access.STORE, ProgramArguments.BASE + stored * third + element));
    }

    private static long load(long offset) {
        return Access.pack(Access.LOAD, ProgramArguments.BASE + offset);
    }

    @ParameterizedTest
    @CsvSource({"64KiB, 64", "1000000, 48", "4MiB, 4KiB"})
    void pointerChaseVisitsEveryNodeOnceACycle(String footprint, String node) {
        Program program =
                ProgramSpec.parse(
                        "pointer-chase:accesses=100k,footprint=" + footprint + ",node=" + node);
        long bytes = Quantities.size(node, "node");
        int nodes = (int) (program.footprint() / bytes);
        long[] accesses = Streams.read(program);
        BitSet seen = new BitSet(nodes);
        for (int i = 0; i < nodes; i++) {
            assertThat(offset(accesses[i]) % bytes).isZero();
            seen.set((int) (offset(accesses[i]) / bytes));
            assertThat(accesses[i + nodes]).isEqualTo(accesses[i]);
        }
        assertThat(seen.cardinality()).isEqualTo(nodes);
    }
}
