package org.nestwalk.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;

class ColdWalkTest {
    private static final long GVA = 0x7f12_3456_7123L;

    private static Setup setup(String name, ProcessorModel machine, int guest, int host) {
        return Setups.parse(name)
                .apply(new SetupContext(machine, "contiguous", "contiguous", 1, guest, host));
    }

    private static void load(Setup setup, long gva) {
        setup.mmu().run(new long[] {Access.pack(Access.LOAD, gva)}, 0, 1);
    }

    private static MmuCounts cold(String name, int guest, int host) {
        Setup setup = setup(name, TestMachines.plain(), guest, host);
        load(setup, GVA);
        return setup.mmu().counts();
    }

    @ParameterizedTest
    @CsvSource({
        "nested:4K/4K, 4, 4, 24",
        "nested:4K/2M, 4, 4, 19",
        "nested:2M/4K, 4, 4, 19",
        "nested:2M/2M, 4, 4, 15",
        "nested:2M/1G, 4, 4, 11",
        "nested:1G/1G, 4, 4, 8",
        "nested:4K/4K, 5, 4, 29",
        "nested:4K/4K, 4, 5, 29",
        "nested:4K/4K, 5, 5, 35",
        "nested:1G/4K, 4, 4, 14",
        "nested:4K/1G, 4, 4, 14",
        "nested:1G/2M, 4, 4, 11",
        "nested:2M/2M, 5, 5, 24",
        "native:4K, 4, 4, 4",
        "native:2M, 4, 4, 3",
        "native:1G, 4, 4, 2",
        "native:4K, 5, 4, 5",
        "shadow:4K, 4, 4, 4",
        "shadow:2M, 4, 4, 3",
        "flat:4K, 4, 4, 9",
        "flat:2M, 4, 4, 7",
        "flat:4K, 5, 4, 11",
        "agile:4K, 4, 4, 8",
        "agile:4K, 5, 4, 9",
        "agile:4K, 4, 5, 9",
        "hashed:4K, 4, 4, 1",
        "hashed2d:4K, 4, 4, 3",
        "cuckoo:4K, 4, 4, 3",
        "cuckoo2d:4K, 4, 4, 15",
        "direct:4K, 4, 4, 1",
        "direct2d:4K, 4, 4, 2",
        "hashed2d:4K, 5, 5, 3",
    })
    void coldWalkMakesTheReferencesOfTheFormula(String name, int guest, int host, int expected) {
        assertThat(cold(name, guest, host).walks.references()).isEqualTo(expected);
    }

    @Test
    void everyPairOfLevelsAndSizesFollowsTheFormula() {
        for (int guestLevels : List.of(4, 5)) {
            for (int hostLevels : List.of(4, 5)) {
                for (String guest : List.of("4K", "2M", "1G")) {
                    for (String host : List.of("4K", "2M", "1G")) {
                        int g = guestLevels - leaf(guest);
                        int n = hostLevels - leaf(host);
                        MmuCounts counts =
                                cold("nested:" + guest + "/" + host, guestLevels, hostLevels);
                        assertThat(counts.walks.references()).isEqualTo((g + 1) * (n + 1) - 1);
                        assertThat(counts.walks.guestReferences).isEqualTo(g);
                    }
                }
            }
        }
    }

    private static int leaf(String size) {
        return List.of("4K", "2M", "1G").indexOf(size);
    }

    @Test
    void nestedPagingOfAmdMakesTheSameReferences() {
        ProcessorModel amd = TestMachines.of(SecondLevelFormat.NPT, List.of(), List.of(), null);
        Setup setup = setup("nested:4K/4K", amd, 4, 4);
        load(setup, GVA);
        assertThat(setup.mmu().counts().walks.references()).isEqualTo(24);
    }

    @Test
    void coldWalkFromMemoryCostsSixTimesTheNativeOne() {
        long nested = cold("nested:4K/4K", 4, 4).walkCycles;
        long alone = cold("native:4K", 4, 4).walkCycles;
        assertThat(nested).isEqualTo(6 * alone);
    }

    @ParameterizedTest
    @CsvSource({
        "native:4K, 4",
        "nested:4K/4K, 24",
        "hashed:4K, 1",
        "hashed2d:4K, 3",
        "cuckoo:4K, 1",
        "cuckoo2d:4K, 3",
        "direct:4K, 1",
        "direct2d:4K, 2"
    })
    void coldWalkWaitsForItsSteps(String name, int steps) {
        assertThat(cold(name, 4, 4).walkCycles)
                .as("references that are made at once take the time of one")
                .isEqualTo(steps * cold("direct:4K", 4, 4).walkCycles);
    }

    @Test
    void warmWalkHasTwoReferences() {
        ProcessorModel machine =
                TestMachines.of(
                        SecondLevelFormat.EPT,
                        TestMachines.GUEST_CACHES,
                        TestMachines.GUEST_CACHES,
                        null);
        Setup setup = setup("nested:4K/4K", machine, 4, 4);
        load(setup, GVA);
        long before = setup.mmu().counts().walks.references();
        load(setup, GVA + 4096);
        assertThat(setup.mmu().counts().walks.references() - before).isEqualTo(2);
    }

    @Test
    void warmWalkHasOneReferenceIfTheNestedTlbHoldsTheDataPage() {
        ProcessorModel machine =
                TestMachines.of(
                        SecondLevelFormat.EPT,
                        TestMachines.GUEST_CACHES,
                        TestMachines.GUEST_CACHES,
                        new Geometry(64, 64, Replacement.LRU));
        Setup setup = setup("nested:4K/2M", machine, 4, 4);
        load(setup, GVA);
        long before = setup.mmu().counts().walks.references();
        load(setup, GVA + 4096);
        assertThat(setup.mmu().counts().walks.references() - before).isEqualTo(1);
    }

    @Test
    void guestLargePageOnSmallHostPagesIsSplinteredPageByPage() {
        Setup setup = setup("nested:2M/4K", TestMachines.plain(), 4, 4);
        load(setup, GVA);
        load(setup, GVA + 4096);
        load(setup, GVA);
        assertThat(setup.mmu().counts().splinteredFills).isEqualTo(2);
        assertThat(setup.mmu().counts().walks.walks).isEqualTo(2);
    }

    @Test
    void largePagesInBothDimensionsFillOneLargeEntry() {
        Setup setup = setup("nested:2M/2M", TestMachines.plain(), 4, 4);
        load(setup, GVA);
        load(setup, GVA + 4096);
        assertThat(setup.mmu().counts().splinteredFills).isZero();
        assertThat(setup.mmu().counts().walks.walks).isEqualTo(1);
    }

    @Test
    void firstWriteAfterAReadWalksAgainToSetTheDirtyFlag() {
        Setup setup = setup("nested:4K/4K", TestMachines.plain(), 4, 4);
        load(setup, GVA);
        long[] stores = {Access.pack(Access.STORE, GVA), Access.pack(Access.STORE, GVA + 8)};
        setup.mmu().run(stores, 0, 2);
        assertThat(setup.mmu().counts().dirtyWalks.walks).isEqualTo(1);
        assertThat(setup.mmu().counts().walks.walks).isEqualTo(1);
    }
}
