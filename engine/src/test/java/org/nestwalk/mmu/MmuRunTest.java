package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.Models;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.random.Xoshiro256;

/// What a block of accesses comes to, beside accesses that are made one by one, and beside TLBs
/// that are lists.
class MmuRunTest {
    private static final int VPID = 1;

    /// Mostly the page before, mostly loads.
    private static long someAccess(Xoshiro256 random, long before, int pages) {
        boolean again = random.nextBelow(2) == 0;
        long page = again ? before & -4096 : SmallMachine.gva(random.nextBelow(pages));
        int[] kinds = {Access.LOAD, Access.LOAD, Access.STORE, Access.FETCH, Access.MODIFY};
        int kind = kinds[(int) random.nextBelow(kinds.length)];
        long gva = page + random.nextBelow(512) * 8;
        return random.nextBelow(10) == 0 ? Access.packContinued(kind, gva) : Access.pack(kind, gva);
    }

    private static long gva(long access) {
        return Access.address(access) << 16 >> 16;
    }

    @ParameterizedTest
    @EnumSource
    void blockIsTheSumOfItsAccesses(Format format) {
        for (Surroundings surroundings : Surroundings.values()) {
            SmallMachine runs = new SmallMachine(format, surroundings, true, 1);
            SmallMachine steps = new SmallMachine(format, surroundings, true, 1);
            MmuCounts expected = steps.mmu.counts();
            Xoshiro256 random = new Xoshiro256(7);
            long[] block = new long[300];
            long[] physical = new long[block.length];
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < block.length; i++) {
                    long before = i == 0 ? SmallMachine.gva(0) : gva(block[i - 1]);
                    block[i] = someAccess(random, before, SmallMachine.PAGES);
                }
                runs.mmu.run(block, 0, 137, physical);
                runs.mmu.run(block, 137, block.length, round == 3 ? null : physical);
                for (int i = 0; i < block.length; i++) {
                    long translation = steps.access(Access.kind(block[i]), gva(block[i]));
                    if (round < 3) {
                        assertThat(physical[i])
                                .isEqualTo(Translation.physical(translation, gva(block[i])));
                    }
                    if (Access.isContinued(block[i])) {
                        expected.pageCrossings++;
                    } else if (Access.isFetch(block[i])) {
                        expected.fetches++;
                    } else if (Access.isWrite(block[i])) {
                        expected.stores++;
                    } else {
                        expected.loads++;
                    }
                }
                assertThat(runs.mmu.counts()).usingRecursiveComparison().isEqualTo(expected);
            }
        }
    }

    /// A TLB under true LRU of 4-KiB pages; an entry says whether it may be written as it is.
    private static final class ListTlb {
        private final List<LinkedHashMap<Long, Boolean>> sets = new ArrayList<>();
        private final int ways;

        ListTlb(int entries, int ways) {
            this.ways = ways;
            for (int set = 0; set < entries / ways; set++) {
                sets.add(new LinkedHashMap<>(ways, 1, true));
            }
        }

        private Map<Long, Boolean> setOf(long page) {
            return sets.get((int) ((page & (1L << 40) - 1) % sets.size()));
        }

        /// Whether the page may be written as it is; null if it is not held. A use.
        @Nullable Boolean lookup(long page) {
            return setOf(page).get(page);
        }

        void fill(long page, boolean dirty) {
            Map<Long, Boolean> set = setOf(page);
            if (set.size() == ways) {
                set.remove(set.keySet().iterator().next());
            }
            set.put(page, dirty);
        }

        /// Not a use.
        void makeDirty(long page) {
            setOf(page).entrySet().stream()
                    .filter(entry -> entry.getKey() == page)
                    .forEach(entry -> entry.setValue(true));
        }

        void remove(long page) {
            setOf(page).remove(page);
        }

        void clear() {
            sets.forEach(LinkedHashMap::clear);
        }
    }

    /// The twin: a first level for data and one for instructions, and a second for both.
    private static final class ListTlbs {
        final ListTlb data = new ListTlb(4, 2);
        final ListTlb instructions = new ListTlb(4, 2);
        final ListTlb second = new ListTlb(16, 4);
        final Set<Long> dirty = new HashSet<>();
        final MmuCounts counts = new MmuCounts();

        /// @param context which is part of the page's name in TLBs, but not in tables
        void access(long access, long context) {
            boolean fetch = Access.isFetch(access);
            ListTlb first = fetch ? instructions : data;
            long page = gva(access) >>> 12 & (1L << 40) - 1;
            long name = page | context << 40;
            Boolean writable = first.lookup(name);
            if (writable == null) {
                counts.l1InstructionMisses += fetch ? 1 : 0;
                counts.l1DataMisses += fetch ? 0 : 1;
                writable = second.lookup(name);
                if (writable == null) {
                    counts.l2InstructionMisses += fetch ? 1 : 0;
                    counts.l2DataMisses += fetch ? 0 : 1;
                    counts.walks.walks++;
                    if (Access.isWrite(access)) {
                        dirty.add(page);
                    }
                    writable = dirty.contains(page);
                    second.fill(name, writable);
                } else {
                    counts.tlbCycles += 7;
                }
                first.fill(name, writable);
            }
            if (Access.isWrite(access) && !writable) {
                counts.dirtyWalks.walks++;
                dirty.add(page);
                first.makeDirty(name);
                second.makeDirty(name);
            }
        }

        void remove(long name) {
            for (ListTlb tlb : List.of(data, instructions, second)) {
                tlb.remove(name);
            }
        }

        void clear() {
            for (ListTlb tlb : List.of(data, instructions, second)) {
                tlb.clear();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void missesWalksAndHitCyclesAreThoseOfLists(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.GUEST_CACHES, true, 1);
        ListTlbs twin = new ListTlbs();
        Xoshiro256 random = new Xoshiro256(9);
        long[] block = new long[12];
        for (int round = 0; round < 400; round++) {
            int length = 1 + (int) random.nextBelow(block.length);
            long page = SmallMachine.gva(random.nextBelow(20));
            for (int i = 0; i < length; i++) {
                block[i] = someAccess(random, page, 20);
                page = gva(block[i]);
                twin.access(block[i], 0);
            }
            machine.mmu.run(block, 0, length);
            assertSame(machine.mmu.counts(), twin.counts, round);
            if (random.nextBelow(10) == 0) {
                long gone = SmallMachine.gva(random.nextBelow(20));
                machine.mmu.invalidate(Invalidations.invlpg(VPID, 0, gone));
                twin.remove(gone >>> 12 & (1L << 40) - 1);
            }
            if (random.nextBelow(40) == 0) {
                machine.forgetTranslations();
                twin.clear();
            }
        }
        assertThat(twin.counts.dirtyWalks.walks).isPositive();
    }

    @Test
    void contextsShareSpaceButNoTranslation() {
        SmallMachine machine = new SmallMachine(Format.NATIVE, Surroundings.GUEST_CACHES, true, 1);
        ListTlbs twin = new ListTlbs();
        Xoshiro256 random = new Xoshiro256(11);
        long[] block = new long[3];
        for (int round = 0; round < 500; round++) {
            long context = random.nextBelow(3);
            machine.mmu.enter(VPID, (int) context, TranslationContexts.NO_EPT);
            for (int i = 0; i < block.length; i++) {
                block[i] = someAccess(random, SmallMachine.gva(1), 4);
                twin.access(block[i], context);
            }
            machine.mmu.run(block, 0, block.length);
            assertSame(machine.mmu.counts(), twin.counts, round);
        }
    }

    private static void assertSame(MmuCounts counts, MmuCounts twin, int round) {
        assertThat(
                        List.of(
                                counts.l1DataMisses,
                                counts.l1InstructionMisses,
                                counts.l2DataMisses,
                                counts.l2InstructionMisses,
                                counts.walks.walks,
                                counts.dirtyWalks.walks,
                                counts.tlbCycles))
                .as("round %d", round)
                .containsExactly(
                        twin.l1DataMisses,
                        twin.l1InstructionMisses,
                        twin.l2DataMisses,
                        twin.l2InstructionMisses,
                        twin.walks.walks,
                        twin.dirtyWalks.walks,
                        twin.tlbCycles);
    }

    @Test
    void walkOfAnotherContextOrAfterAnInvalidationBeginsAtTheRoot() {
        SmallMachine machine = new SmallMachine(Format.NATIVE, Surroundings.GUEST_CACHES, true, 1);
        long[] starts = machine.mmu.counts().walks.starts;
        machine.access(Access.LOAD, SmallMachine.gva(0));
        machine.access(Access.LOAD, SmallMachine.gva(1));
        assertThat(starts).startsWith(1, 0, 1);
        machine.mmu.enter(VPID, 7, TranslationContexts.NO_EPT);
        machine.access(Access.LOAD, SmallMachine.gva(0));
        assertThat(starts[0]).isEqualTo(2);
        machine.mmu.enter(VPID, 0, TranslationContexts.NO_EPT);
        machine.forgetTranslations();
        machine.access(Access.LOAD, SmallMachine.gva(0));
        assertThat(starts[0]).isEqualTo(3);
    }

    /// Data goes through caches of one level: 4 cycles in it, 100 in memory.
    @Test
    void dataIsChargedToTheCachesWhereTheModelSaysSo() {
        List<Long> touched = new ArrayList<>();
        Mmu mmu = throughCaches(touched);
        long[] block = {
            Access.pack(Access.LOAD, 0x1000),
            Access.pack(Access.STORE, 0x1008),
            Access.packContinued(Access.LOAD, 0x2000),
            Access.pack(Access.LOAD, 0x2000),
            Access.pack(Access.FETCH, 0x3000),
            Access.pack(Access.LOAD, 0x3000)
        };
        mmu.run(block, 0, block.length);
        assertThat(mmu.counts().dataCycles).isEqualTo(100 + 4 + 4 + 100);
        assertThat(mmu.counts().loads).isEqualTo(3);
        assertThat(mmu.counts().stores).isEqualTo(1);
        assertThat(mmu.counts().fetches).isEqualTo(1);
        assertThat(mmu.counts().pageCrossings).isEqualTo(1);
        assertThat(touched).as("before each walk").contains(0x1000L, 0x2000L, 0x3000L);
    }

    private static Mmu throughCaches(List<Long> touched) {
        ProcessorModel plain = SmallModels.model(Surroundings.DATA_CACHE);
        ProcessorModel model =
                Models.of(
                        new TranslationModel(
                                plain.translation().secondLevel(),
                                plain.translation().firstLevelTlbs(),
                                plain.translation().secondLevelTlbs(),
                                new WalkCacheModel(List.of(), List.of(), null, 1, 3),
                                1),
                        new MemoryModel(plain.memory().caches(), 100, true),
                        new CostModel(1, 0, 50, 0));
        return new Mmu(
                model,
                new SparseMemory(),
                new GuestRegisters(
                        ControlRegisters.CR0_PE, 0, 0, 0, 0, 0, GuestRegisters.PAT_AFTER_RESET),
                PagingFeatures.ALL,
                SecondLevel.NONE,
                (gva, type) -> touched.add(gva),
                null,
                1);
    }
}
