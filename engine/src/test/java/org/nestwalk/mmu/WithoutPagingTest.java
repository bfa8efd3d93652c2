package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;

class WithoutPagingTest {
    private static final long EPT_ROOT = 0x1000;

    private final SparseMemory memory = new SparseMemory();
    private final Mmu mmu =
            new Mmu(
                    SmallModels.model(SmallMachine.Surroundings.GUEST_CACHES),
                    memory,
                    new GuestRegisters(
                            ControlRegisters.CR0_PE, 0, 0, 0, 0, 0, GuestRegisters.PAT_AFTER_RESET),
                    PagingFeatures.ALL,
                    SecondLevel.NONE,
                    (gva, type) -> {},
                    null,
                    1);

    @Test
    void accessesOfAllKindsGoWhereAWalkSays() {
        long[] block = new long[1_000];
        long[] expected = new long[block.length];
        Random random = new Random(5);
        for (int i = 0; i < block.length; i++) {
            long gva = random.nextLong() >>> 12 + random.nextInt(40);
            block[i] = Access.pack(random.nextInt(4), gva);
            expected[i] = mmu.walkOrFault(gva, AccessType.READ);
            assertThat(expected[i]).isEqualTo(gva);
        }
        long[] physical = new long[block.length];
        long before = mmu.counts().walks.walks;
        mmu.run(block, 0, block.length, physical);
        assertThat(physical).isEqualTo(expected);
        assertThat(mmu.counts().walks.walks).isGreaterThan(before);
    }

    @Test
    void aSecondLevelThatIsLoadedLaterIsWalked() {
        long[] block = {Access.pack(Access.LOAD, 0x5000)};
        mmu.run(block, 0, 1);
        memory.write(EPT_ROOT, 0);
        mmu.enter(1, 0, EPT_ROOT >>> 12);
        mmu.loadSecondLevel(
                new ExtendedPageTables(
                        ExtendedPageTables.pointer(EPT_ROOT, 4, false),
                        false,
                        PagingFeatures.ALL,
                        null,
                        null));
        assertThatThrownBy(() -> mmu.run(block, 0, 1))
                .isInstanceOfSatisfying(
                        TranslationFault.class,
                        fault -> {
                            assertThat(fault.outcome()).isEqualTo(Outcome.EPT_VIOLATION);
                            assertThat(fault.guestPhysicalAddress()).isEqualTo(0x5000);
                        });
        mmu.enter(0, 0, TranslationContexts.NO_EPT);
        mmu.loadSecondLevel(SecondLevel.NONE);
        mmu.run(block, 0, 1);
        assertThat(mmu.counts().loads).isEqualTo(2);
    }
}
