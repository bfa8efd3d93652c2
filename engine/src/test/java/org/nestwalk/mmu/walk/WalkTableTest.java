package org.nestwalk.mmu.walk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WalkTableTest {
    private static final long GVA = 0x7f12_3456_7000L;
    private static final long TABLE = 0x5000L;

    private final WalkTable walks = new WalkTable(false);

    @Test
    void aWalkIsFoundByPageTypeTableAndVersion() {
        walks.put(GVA, 1, TABLE, 7, 99, 0x1234_5001L, 0x6000L);
        int at = walks.find(GVA + 8, 1, TABLE, 7);
        assertThat(at).isNotNegative();
        assertThat(walks.translation(at)).isEqualTo(0x1234_5001L);
        assertThat(walks.cost(at)).isEqualTo(99);
        assertThat(walks.found(at)).isEqualTo(0x6000L);
        assertThat(walks.find(GVA + 4096, 1, TABLE, 7)).isNegative();
        assertThat(walks.find(GVA, 0, TABLE, 7)).isNegative();
        assertThat(walks.find(GVA, 1, TABLE + 4096, 7)).isNegative();
        assertThat(walks.find(GVA, 1, TABLE | 1, 7)).isNegative();
        assertThat(walks.find(GVA, 1, TABLE, 8)).isNegative();
    }

    @Test
    void versionsThatLookAlikeAreTakenApart() {
        walks.put(GVA, 1, TABLE, 7, 99, 0x1234_5001L, 0);
        assertThat(walks.find(GVA, 1, TABLE, 7 + (1L << 17))).isNegative();
    }

    @Test
    void referencesStayWithTheirWalkWhenTheTableGrows() {
        WalkTable walks = new WalkTable(true);
        int pages = 20_000;
        for (int round = 0; round < 4; round++) {
            for (long page = 0; page < pages; page++) {
                int at = walks.put(GVA + (page << 12), 0, TABLE, 0, 1, page << 12 | 1, 0);
                walks.putReferences(at, new long[] {page, page + 1}, 2);
            }
        }
        for (long page = 0; page < pages; page++) {
            int at = walks.find(GVA + (page << 12), 0, TABLE, 0);
            assertThat(at).isNotNegative();
            assertThat(walks.reference(at, 0)).isEqualTo(page);
            assertThat(walks.reference(at, 1)).isEqualTo(page + 1);
        }
    }

    @Test
    void growsUntilAllPagesOfARegionAreHeld() {
        int pages = 100_000;
        for (int round = 0; round < 8; round++) {
            for (long page = 0; page < pages; page++) {
                walks.put(GVA + (page << 12), 0, TABLE, 0, 1, page << 12 | 1, 0);
            }
        }
        for (long page = 0; page < pages; page++) {
            int at = walks.find(GVA + (page << 12), 0, TABLE, 0);
            assertThat(at).isNotNegative();
            assertThat(walks.translation(at)).isEqualTo(page << 12 | 1);
        }
    }

    private static long put(WalkTable walks, long page) {
        return walks.put(page << 12, 0, TABLE, 0, 1, page << 12 | 1, 0);
    }

    private static boolean holds(WalkTable walks, long page) {
        int at = walks.find(page << 12, 0, TABLE, 0);
        return at >= 0 && walks.translation(at) == (page << 12 | 1);
    }

    /// 4,096 pages, of which an eighth may be replaced before there is room for twice as many.
    @Test
    void tableGrowsAtTheFirstReplacementBeyondAnEighthAndKeepsTheOthers() {
        for (boolean references : new boolean[] {false, true}) {
            WalkTable grown = new WalkTable(references);
            long first = 2 * 4096;
            long second = 3 * 4096;
            for (long page = first; page < second; page++) {
                put(grown, page);
            }
            for (long page = first; page < second; page++) {
                assertThat(holds(grown, page)).isTrue();
                put(grown, page);
            }
            for (long i = 0; i < 512; i++) {
                put(grown, second + i);
                assertThat(holds(grown, first + i)).as("page %d has made room", i).isFalse();
            }
            for (long i = 512; i < 4096; i++) {
                put(grown, second + i);
                assertThat(holds(grown, first + i)).as("page %d", i).isTrue();
            }
            for (long i = 0; i < 4096; i++) {
                assertThat(holds(grown, second + i)).isTrue();
            }
        }
    }

    @Test
    void walksOfTheSamePageDoNotMakeItGrow() {
        for (int i = 0; i < 2_000; i++) {
            walks.put(0, i & 3, TABLE, 0, 1, 1, 0);
        }
        put(walks, 4096);
        assertThat(walks.find(0, 3, TABLE, 0)).isNegative();
    }

    @Test
    void walksOfANewEpochAreKeptInIt() {
        long version = 3L << 17;
        put(walks, 5);
        assertThat(walks.find(5 << 12, 0, TABLE, version)).isNegative();
        walks.put(6 << 12, 0, TABLE, version, 1, 0x7001, 0);
        assertThat(walks.find(6 << 12, 0, TABLE, version)).isNotNegative();
        assertThat(walks.find(6 << 12, 0, TABLE, version)).isNotNegative();
        assertThat(walks.find(5 << 12, 0, TABLE, version)).isNegative();
    }
}
