package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nestwalk.guest.program.Streams.offset;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;

class StructuredProgramsTest {
    @Test
    void zipfFavoursItsFirstKeyAsMuchAsItShould() {
        long keys = (1L << 30) / 80 & -4;
        Map<Long, Integer> slots = new HashMap<>();
        for (long access : Streams.read("zipf:accesses=1M,footprint=1GiB")) {
            if (offset(access) < keys * 16) {
                slots.merge(offset(access) / 16, 1, Integer::sum);
            }
        }
        double total = 0;
        for (int rank = 1; rank <= keys; rank++) {
            total += Math.pow(rank, -0.99);
        }
        double expected = 500_000 / total;
        int top = slots.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
        assertThat((double) top).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    }

    @Test
    void btreeLookupsGoFromTheRootToALeaf() {
        // Nodes of 128 bytes with 8 keys: 3 probes and a child at each full level.
        long[] accesses = Streams.read("btree:accesses=100k,footprint=1MiB,fanout=8");
        long root = offset(accesses[0]) / 128;
        Set<Long> leaves = new HashSet<>();
        int lookups = 0;
        long last = 0;
        for (long access : accesses) {
            long node = offset(access) / 128;
            if (node == root && last != root) {
                lookups++;
                leaves.add(last);
            }
            last = node;
        }
        // 7,168 leaves, 5 levels of 4 accesses below a root with 2 children, which takes 2.
        assertThat(lookups).isBetween(100_000 / 22, 100_000 / 20);
        assertThat(leaves.size()).isGreaterThan(3_000);
    }

    @Test
    void btreeUpdatesStoreTheValueTheyLoaded() {
        long[] accesses = Streams.read("btree:accesses=100k,footprint=16MiB,updates=1");
        int stores = 0;
        for (int i = 1; i < accesses.length; i++) {
            if (Access.isWrite(accesses[i])) {
                stores++;
                assertThat(Access.address(accesses[i])).isEqualTo(Access.address(accesses[i - 1]));
            }
        }
        assertThat(stores).isPositive();
    }

    @Test
    void hashJoinFillsEveryBucketWithTwoTuples() {
        Program program =
                ProgramSpec.parse("hash-join:accesses=40k,footprint=1MiB,ratio=4,phase=build");
        long buckets = (1 << 20) / 224;
        long table = 2 * buckets * 16;
        Map<Long, Integer> tuples = new HashMap<>();
        long[] accesses = Streams.read(program);
        for (int i = 0; i < 2 * buckets; i++) {
            assertThat(offset(accesses[4 * i])).isEqualTo(i * 16L);
            assertThat(Access.isWrite(accesses[4 * i + 2])).isTrue();
            long bucket = (offset(accesses[4 * i + 1]) - table) / 64;
            int position = (int) (offset(accesses[4 * i + 2]) - table) % 64 / 16;
            assertThat(position).isEqualTo(tuples.merge(bucket, 1, Integer::sum));
        }
        assertThat(tuples).hasSize((int) buckets);
    }

    @Test
    void hashJoinCutShortHasBothPhasesInProportion() {
        long[] accesses = Streams.read("hash-join:accesses=1M,footprint=1TiB,ratio=4");
        // A build makes 4 accesses, 2 of them stores; 4 probes make 14 loads.
        assertThat(Streams.shareOfStores(accesses)).isCloseTo(2.0 / 18, within(0.001));
        assertThat(Access.isWrite(accesses[accesses.length - 1])).isFalse();
    }

    @Test
    void hashJoinProbesFindWhatWasBuilt() {
        long[] accesses = Streams.read("hash-join:accesses=300k,footprint=1GiB,phase=probe");
        assertThat(Streams.shareOfStores(accesses)).isZero();
        long s = ((1L << 30) / 224) * (32 + 64);
        int probes = 0;
        for (long access : accesses) {
            probes += offset(access) >= s ? 1 : 0;
        }
        assertThat(300_000.0 / probes).isCloseTo(3.5, within(0.02));
    }

    @Test
    void xsbenchSearchesThenLooksUpEveryNuclide() {
        long[] accesses = Streams.read("xsbench:accesses=2M,footprint=1GiB");
        long points = ((1L << 30) - 12 * 321 * 12 - 8) / (355 * (8 + 355 * 4 + 48));
        long union = points * 355;
        long indices = union * 8;
        long grids = (indices + union * 355 * 4 + 7) & -8;
        int searches = 0;
        int lookups = 0;
        boolean searching = false;
        for (int i = 0; i < accesses.length - 12; i++) {
            long at = offset(accesses[i]);
            boolean inEnergies = at < indices;
            searches += inEnergies && !searching ? 1 : 0;
            searching = inEnergies;
            if (at >= indices && at < grids) {
                lookups++;
                long number = (at - indices) / 4 % 355;
                long grid = offset(accesses[i + 1]);
                assertThat((grid - grids) / 48 / points).isEqualTo(number);
                // The place in a nuclide's grid is that in the union, to within the random draws.
                assertThat((double) ((grid - grids) / 48 % points))
                        .isCloseTo((at - indices) / (4 * 355 * 355.0), within(2.5));
                assertThat(offset(accesses[i + 12])).isEqualTo(grid + 88);
            }
        }
        // On average .140 x 321 + .052 x 5 + ... = 56 nuclides a search.
        assertThat((double) lookups / searches).isBetween(48.0, 64.0);
    }
}
