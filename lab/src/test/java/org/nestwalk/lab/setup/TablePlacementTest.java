package org.nestwalk.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.random.Xoshiro256;

/// Tables of all kinds and the data share one physical memory and do not get into each other's way.
class TablePlacementTest {
    private static final int PAGES = 20_000;
    private static final long SEED = 11;

    static Iterable<String> setups() {
        return Setups.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyPageKeepsAFrameOfItsOwn(String name) {
        SetupContext context =
                new SetupContext(
                        Machines.named("yardstick").model(), "contiguous", "contiguous", 1, 4, 4);
        Mmu mmu = Setups.parse(name).apply(context).mmu();
        Xoshiro256 random = new Xoshiro256(SEED);
        long[] stores = new long[PAGES];
        for (int i = 0; i < PAGES; i++) {
            long gva = 0x7f00_0000_0000L + (random.nextLong() & (1L << 34) - 4096);
            stores[i] = Access.pack(Access.STORE, gva);
        }
        mmu.run(stores, 0, PAGES);

        Map<Long, Long> frames = new HashMap<>();
        for (long store : stores) {
            long gva = Access.address(store);
            WalkResult walk = mmu.walkerBeside(WalkVisitor.NONE).find(gva, AccessType.WRITE);
            assertThat(walk.outcome()).as("seed %d, page %x", SEED, gva).isEqualTo(Outcome.OK);
            Long other = frames.put(walk.hostPhysicalAddress(), gva);
            assertThat(other == null || other == gva).as("page %x", gva).isTrue();
        }
    }
}
