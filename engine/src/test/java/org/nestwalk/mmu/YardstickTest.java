package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Counts of an independent program in C++ (functional TLBs, paging-structure caches, nested TLB
/// and caches, all true LRU) for the first two million accesses of its three streams.
class YardstickTest {
    private static final int ACCESSES = 2_000_000;
    private static final long[] GUPS = AccessStreams.gups(ACCESSES);
    private static final long[] SEQ = AccessStreams.seq(ACCESSES);
    private static final long[] ZIPF = AccessStreams.zipf(ACCESSES);

    private static YardstickWalk run(
            long[] stream, boolean nested, boolean caches, long sum, long misses, long walks) {
        YardstickWalk machine = new YardstickWalk(nested, caches);
        machine.map(stream);
        assertThat(machine.run(stream)).as("sum of addresses").isEqualTo(sum);
        assertThat(machine.firstLevelMisses).as("first-level misses").isEqualTo(misses);
        assertThat(machine.walks).as("walks").isEqualTo(walks);
        return machine;
    }

    private static YardstickWalk gups(boolean nested, boolean caches) {
        return run(GUPS, nested, caches, 0x7da227d33df810L, 1_999_539, 1_988_339);
    }

    private static YardstickWalk seq(boolean nested, boolean caches) {
        return run(SEQ, nested, caches, 0x7a208d49d6ee00L, 3_907, 3_907);
    }

    private static YardstickWalk zipf(boolean nested, boolean caches) {
        return run(ZIPF, nested, caches, 0x7abf41a256b270L, 1_587_119, 1_045_985);
    }

    @Test
    void uniformRandomAccessesWalkAsTheYardstickDoes() {
        YardstickWalk machine = gups(false, true);
        assertThat(machine.references).isEqualTo(19_264_544);
        assertThat(machine.startedAt).containsExactly(1, 0, 123_772, 1_864_566, 0);
        assertThat(machine.served).containsExactly(14_330_708, 1_695_182, 3_140_088, 98_566);
    }

    @Test
    void sequentialAccessesWalkAsTheYardstickDoes() {
        YardstickWalk machine = seq(false, true);
        assertThat(machine.references).isEqualTo(19_589);
        assertThat(machine.startedAt).containsExactly(1, 0, 3_899, 7, 0);
        assertThat(machine.served).containsExactly(14_901, 156, 0, 4_532);
    }

    @Test
    void zipfianAccessesWalkAsTheYardstickDoes() {
        YardstickWalk machine = zipf(false, true);
        assertThat(machine.references).isEqualTo(10_140_344);
        assertThat(machine.startedAt).containsExactly(1, 0, 63_904, 982_080, 0);
        assertThat(machine.served).containsExactly(7_534_949, 1_346_337, 1_160_492, 98_566);
    }

    @Test
    void aNestedTlbHitsUniformRandomAccessesAsTheYardstickDoes() {
        YardstickWalk machine = gups(true, false);
        assertThat(machine.references).isEqualTo(19_149_068);
        assertThat(machine.nestedHits).isEqualTo(28_869);
    }

    @Test
    void aNestedTlbHitsZipfianAccessesAsTheYardstickDoes() {
        YardstickWalk machine = zipf(true, false);
        assertThat(machine.references).isEqualTo(10_080_896);
        assertThat(machine.nestedHits).isEqualTo(14_862);
    }
}
