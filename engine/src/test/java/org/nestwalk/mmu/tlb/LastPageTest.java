package org.nestwalk.mmu.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.SmallModels;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.Models;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;

public class LastPageTest {
    private static final long A = Access.pack(Access.LOAD, 0x1000);
    private static final long B = Access.pack(Access.FETCH, 0x2000);
    private static final long C = Access.pack(Access.FETCH, 0x3000);

    @Test
    void aFetchEndsTheLastPageOfDataInASharedTlb() {
        // The second load makes A the most recently used page again, so that C replaces B.
        Mmu shared = processor(SmallModels.tlb("L1", Serves.BOTH, 2, 2));
        run(shared, A, B, A, C, B);
        assertThat(shared.counts().l1DataMisses).isEqualTo(1);
        assertThat(shared.counts().l1InstructionMisses).isEqualTo(3);
    }

    @Test
    void aFetchLeavesTheLastPageOfDataInATlbOfItsOwn() {
        Mmu split =
                processor(
                        SmallModels.tlb("L1D", Serves.DATA, 1, 1),
                        SmallModels.tlb("L1I", Serves.INSTRUCTION, 1, 1));
        run(split, A, B, A, C, A);
        assertThat(split.counts().l1DataMisses).isEqualTo(1);
        assertThat(split.counts().l1InstructionMisses).isEqualTo(2);
    }

    @Test
    void anotherContextHasAnotherLastPage() {
        Mmu split =
                processor(
                        SmallModels.tlb("L1D", Serves.DATA, 2, 2),
                        SmallModels.tlb("L1I", Serves.INSTRUCTION, 2, 2));
        run(split, A, A);
        split.enter(1, 0, TranslationContexts.NO_EPT);
        run(split, A, A);
        assertThat(split.counts().l1DataMisses).isEqualTo(2);
    }

    @Test
    void everyAccessToTheLastPageCountsUnderLfu() {
        TlbModel pair =
                new TlbModel(
                        "L1",
                        Serves.BOTH,
                        EnumSet.of(PageSize.SIZE_4K),
                        new Geometry(2, 2, Replacement.LFU),
                        0);
        long other = Access.pack(Access.LOAD, 0x2000);
        long third = Access.pack(Access.LOAD, 0x3000);
        Mmu mmu = processor(pair);
        // Three uses of A and two of the other, which the third replaces therefore.
        run(mmu, A, A, A, other, other, third, A);
        assertThat(mmu.counts().l1DataMisses).isEqualTo(3);
    }

    private static void run(Mmu mmu, long... block) {
        mmu.run(block, 0, block.length);
    }

    /// A processor without paging that has these TLBs and no second level of them.
    public static Mmu processor(TlbModel... firstLevel) {
        ProcessorModel model =
                Models.of(
                        new TranslationModel(
                                SecondLevelFormat.EPT,
                                List.of(firstLevel),
                                List.of(),
                                new WalkCacheModel(List.of(), List.of(), null, 0, 0),
                                1),
                        new MemoryModel(List.of(), 100, false),
                        new CostModel(1, 0, 0, 0));
        GuestRegisters pagingOff =
                new GuestRegisters(
                        ControlRegisters.CR0_PE, 0, 0, 0, 0, 0, GuestRegisters.PAT_AFTER_RESET);
        return new Mmu(
                model,
                new SparseMemory(),
                pagingOff,
                PagingFeatures.ALL,
                SecondLevel.NONE,
                (gva, type) -> {},
                null,
                1);
    }
}
