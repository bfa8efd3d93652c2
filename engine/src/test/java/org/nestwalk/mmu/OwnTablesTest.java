package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.Models;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;
import org.nestwalk.paging.WalkVisitor;

/// Two address spaces of one processor, whose first level has room for 4-KiB translations only.
class OwnTablesTest {
    private static final long GVA = 0x7f00_0000_0000L;
    private static final long GLOBAL = 1 << 8;

    private final SparseMemory memory = new SparseMemory();
    private final List<Long> touched = new ArrayList<>();
    private boolean mapsOnTouch;
    private long nextFrame = 1 << 20;
    private final PageTable first = newTable();
    private final PageTable second = newTable();
    private final Mmu mmu = newMmu();

    private PageTable newTable() {
        TableFrames frames =
                new TableFrames() {
                    @Override
                    public long allocate() {
                        nextFrame += 4096;
                        return nextFrame;
                    }

                    @Override
                    public long hostPhysical(long address) {
                        return address;
                    }
                };
        return new PageTable(memory, frames, TableFormat.X86, 4);
    }

    private static TlbModel tlb(String name, TlbModel.Serves serves, PageSize... sizes) {
        return new TlbModel(
                name,
                serves,
                EnumSet.copyOf(List.of(sizes)),
                new Geometry(16, 4, Replacement.LRU),
                7);
    }

    private Mmu newMmu() {
        ProcessorModel plain = SmallModels.model(Surroundings.GUEST_CACHES);
        ProcessorModel model =
                Models.of(
                        new TranslationModel(
                                plain.translation().secondLevel(),
                                List.of(
                                        tlb("L1D", TlbModel.Serves.DATA, PageSize.SIZE_4K),
                                        tlb("L1I", TlbModel.Serves.INSTRUCTION, PageSize.SIZE_4K)),
                                List.of(
                                        tlb(
                                                "L2",
                                                TlbModel.Serves.BOTH,
                                                PageSize.SIZE_4K,
                                                PageSize.SIZE_2M)),
                                new WalkCacheModel(
                                        plain.translation().walkCaches().guestStructureCaches(),
                                        List.of(),
                                        null,
                                        1,
                                        3),
                                1),
                        new MemoryModel(List.of(), 100, false),
                        new CostModel(1, 0, 50, 0));
        return new Mmu(
                model,
                memory,
                new GuestRegisters(
                        ControlRegisters.CR0_PE | ControlRegisters.CR0_WP | ControlRegisters.CR0_PG,
                        first.root(),
                        ControlRegisters.CR4_PCIDE | ControlRegisters.CR4_PGE,
                        ControlRegisters.EFER_NXE,
                        0,
                        0,
                        GuestRegisters.PAT_AFTER_RESET),
                PagingFeatures.ALL,
                SecondLevel.NONE,
                (gva, type) -> touch(gva),
                null,
                1);
    }

    private void touch(long gva) {
        touched.add(gva);
        if (mapsOnTouch) {
            first.map(gva & -4096, 0x5000, PageSize.SIZE_4K);
        }
    }

    private long load(long gva) {
        long[] physical = new long[1];
        mmu.run(new long[] {Access.pack(Access.LOAD, gva)}, 0, 1, physical);
        return physical[0];
    }

    @Test
    void anotherRootIsWalkedAndTheFirstIsStillKnown() {
        first.map(GVA, 0x5000, PageSize.SIZE_4K);
        second.map(GVA, 0x9000, PageSize.SIZE_4K);
        assertThat(load(GVA + 8)).isEqualTo(0x5008);
        mmu.enter(0, 2, TranslationContexts.NO_EPT);
        mmu.loadRoot(second.root());
        assertThat(load(GVA + 8)).isEqualTo(0x9008);
        assertThat(mmu.walkOrFault(GVA, AccessType.READ))
                .as("a walk beside the TLBs, too")
                .isEqualTo(0x9000);
        mmu.enter(0, 0, TranslationContexts.NO_EPT);
        mmu.loadRoot(first.root());
        long walks = mmu.counts().walks.walks;
        assertThat(load(GVA + 8)).isEqualTo(0x5008);
        assertThat(mmu.counts().walks.walks).isEqualTo(walks);
    }

    @Test
    void processorBeginsInContextZero() {
        first.map(GVA, 0x5000, PageSize.SIZE_4K);
        load(GVA);
        mmu.enter(0, 0, TranslationContexts.NO_EPT);
        load(GVA);
        assertThat(mmu.counts().walks.walks).isEqualTo(1);
    }

    /// A piece of the large page for each 4 KiB in the first level, all of it in the second.
    @Test
    void largePageInATlbOfSmallOnesIsSplintered() {
        first.map(GVA, 0x4000_0000, PageSize.SIZE_2M);
        for (int page = 0; page < 3; page++) {
            assertThat(load(GVA + page * 4096L + 8)).isEqualTo(0x4000_0008L + page * 4096L);
        }
        first.map(GVA + (1 << 21), 0x5000, PageSize.SIZE_4K);
        load(GVA + (1 << 21));
        MmuCounts counts = mmu.counts();
        assertThat(counts.splinteredFills).isEqualTo(3);
        assertThat(counts.l1DataMisses).isEqualTo(4);
        assertThat(counts.l2DataMisses).isEqualTo(2);
        assertThat(counts.tlbCycles).isEqualTo(2 * 7);
        mmu.invalidate(Invalidations.invlpg(0, 0, GVA + 5 * 4096));
        load(GVA);
        assertThat(counts.l2DataMisses).as("all pieces went").isEqualTo(3);
        assertThat(counts.splinteredFills).isEqualTo(4);
    }

    /// What the entry says is what the translation allows: all combinations of R/W, XD, G and an
    /// access that reads or writes.
    @Test
    void translationAllowsWhatTheEntryDoes() {
        for (int bits = 0; bits < 16; bits++) {
            long gva = GVA + bits * 4096L;
            boolean writable = (bits & 1) != 0;
            boolean executable = (bits & 2) != 0;
            boolean global = (bits & 4) != 0;
            boolean written = (bits & 8) != 0 && writable;
            first.map(gva, 0x5000, PageSize.SIZE_4K);
            first.protect(
                    gva,
                    writable ? 0 : PagingEntry.WRITE,
                    (executable ? 0 : PagingEntry.NO_EXECUTE) | (global ? GLOBAL : 0));
            long access = Access.pack(written ? Access.STORE : Access.LOAD, gva);
            long translation = mmu.translate(access, mmu.tagOf(access), mmu.sideOf(access));
            long execute = Translation.USER_EXECUTABLE | Translation.SUPERVISOR_EXECUTABLE;
            long expected =
                    Translation.of(
                            0x5000,
                            Translation.READABLE
                                    | Translation.USER
                                    | (writable ? Translation.WRITABLE : 0)
                                    | (written ? Translation.DIRTY : 0)
                                    | (executable ? execute : 0)
                                    | (global ? Translation.GLOBAL : 0),
                            0,
                            0,
                            0);
            assertThat(translation).as("bits %x", bits).isEqualTo(expected);
        }
    }

    @Test
    void walksBesideTheProcessorBeginAtTheRootThatWasLoaded() {
        first.map(GVA, 0x5000, PageSize.SIZE_4K);
        second.map(GVA, 0x9000, PageSize.SIZE_4K);
        mmu.loadRoot(second.root());
        int read = AccessType.READ | AccessType.USER;
        assertThat(mmu.walkerBeside(WalkVisitor.NONE).find(GVA, read).hostPhysicalAddress())
                .isEqualTo(0x9000);
        mmu.loadRoot(first.root());
        assertThat(mmu.walkerBeside(WalkVisitor.NONE).find(GVA, read).hostPhysicalAddress())
                .isEqualTo(0x5000);
    }

    @Test
    void rootStaysLoadedWhenTheSecondLevelChanges() {
        first.map(GVA, 0x5000, PageSize.SIZE_4K);
        second.map(GVA, 0x9000, PageSize.SIZE_4K);
        mmu.loadRoot(second.root());
        mmu.loadSecondLevel(SecondLevel.NONE);
        assertThat(load(GVA)).isEqualTo(0x9000);
    }

    @Test
    void mappingIsMadeBeforeAWalkThatIsObserved() {
        mapsOnTouch = true;
        assertThat(mmu.walkOrFault(GVA + 8, AccessType.READ | AccessType.USER)).isEqualTo(0x5008);
        assertThat(touched).containsExactly(GVA + 8);
    }

    @Test
    void firstStoreToAPageThatWasReadGoesWhereLoadsDo() {
        first.map(GVA, 0x5000, PageSize.SIZE_4K);
        long[] block = {
            Access.pack(Access.LOAD, GVA + 8),
            Access.pack(Access.STORE, GVA + 16),
            Access.pack(Access.LOAD, GVA + 24)
        };
        long[] physical = new long[3];
        mmu.run(block, 0, 3, physical);
        assertThat(physical).containsExactly(0x5008, 0x5010, 0x5018);
        assertThat(mmu.counts().dirtyWalks.walks).isEqualTo(1);
    }
}
