package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Frozen memory and virtual machines made of it: when pages are copied, what that costs, and who
/// has what frame. [RandomSharingTest] has them in random order beside everything else.
class FreezeTest {
    private static final long PAGE = SharingPair.PAGE;
    private static final long DATA = SharingPair.DATA;

    private static SharingPair pair(SmallGuest.Kind kind) {
        return new SharingPair(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void freezingCostsTheSameHoweverMuchIsBacked(SmallGuest.Kind kind) {
        assertThat(cyclesToFreeze(kind, 20_000)).isEqualTo(cyclesToFreeze(kind, 1)).isPositive();
    }

    private static long cyclesToFreeze(SmallGuest.Kind kind, int pages) {
        SimulatedMachine machine =
                new SimulatedMachine(SimulatedSettings.of(Processors.of(kind.format), 128L << 20));
        VirtualMachine vm = machine.create(new VmSettings("one", 96L << 20, 1, kind.mode));
        vm.exclusively(() -> {
            for (int i = 0; i < pages; i++) {
                assertThat(vm.secondLevel().populate(i * PAGE, PageSize.SIZE_4K)).isTrue();
            }
        });
        long before = vm.background().cycles();
        FrozenMemory frozen = vm.freeze();
        try (VirtualMachine fork = frozen.fork("two")) {
            assertThat(fork.secondLevel().isInherited(0)).isTrue();
        }
        long spent = vm.background().cycles() - before;
        frozen.close();
        machine.closeAndVerify();
        return spent;
    }

    @ParameterizedTest
    @EnumSource
    void onlyWrittenPagesAreCopied(SmallGuest.Kind kind) {
        SharingPair pair = pair(kind);
        for (int page = 0; page < 100; page++) {
            assertThat(pair.one.access(0, Access.STORE, DATA + page * PAGE)).isTrue();
        }
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
            fork.tracker.close();
            for (int page = 0; page < 100; page++) {
                assertThat(fork.access(page % 2, Access.LOAD, DATA + page * PAGE)).isTrue();
            }
            long copied = copied(pair, fork);
            for (int page = 0; page < 100; page += 10) {
                assertThat(fork.access(0, Access.STORE, DATA + page * PAGE)).isTrue();
                assertThat(fork.access(1, Access.STORE, DATA + page * PAGE + 8)).isTrue();
            }
            assertThat(copied(pair, fork) - copied).isEqualTo(10);
            int own = 0;
            for (int page = 0; page < 100; page++) {
                own += fork.map.owners(DATA + page * PAGE) == 1 ? 1 : 0;
            }
            assertThat(own).isEqualTo(10);
            fork.check();
            frozen.check();
        }
        pair.end();
    }

    private static long copied(SharingPair pair, SharingGuest guest) {
        long cycles =
                guest.vm.cpus().stream()
                        .mapToLong(cpu -> cpu.account().cycles(Cost.HOST_COPYING))
                        .sum();
        return cycles / pair.machine.settings().costs().copying();
    }

    @ParameterizedTest
    @EnumSource
    void onceNobodyElseHasThemPagesAreWrittenInPlace(SmallGuest.Kind kind) {
        SharingPair pair = pair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        long frame = pair.frame(pair.one, DATA);
        SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
        SharingGuest fork = frozen.fork(DirtySource.TRAPS);
        assertThat(fork.access(0, Access.LOAD, DATA)).isTrue();
        frozen.close();
        fork.close();
        assertThat(pair.one.access(0, Access.STORE, DATA + 8)).isTrue();
        assertThat(copied(pair, pair.one)).isZero();
        assertThat(pair.frame(pair.one, DATA)).isEqualTo(frame);
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void largePagesAreInheritedAsSuchAndSplitByTheFirstWrite(SmallGuest.Kind kind) {
        SharingPair pair = pair(kind);
        pair.fillsLarge(pair.one);
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
            fork.tracker.close();
            assertThat(fork.access(0, Access.LOAD, DATA + 7 * PAGE)).isTrue();
            assertThat(fork.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
            long copied = copied(pair, fork);
            assertThat(fork.access(0, Access.STORE, DATA + 7 * PAGE)).isTrue();
            assertThat(fork.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
            assertThat(copied(pair, fork) - copied).isEqualTo(1);
            assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
            assertThat(pair.one.access(0, Access.LOAD, DATA + 9 * PAGE)).isTrue();
            copied = copied(pair, pair.one);
            pair.one.vm.exclusively(() -> pair.one.map.copyWhole(true));
            assertThat(pair.one.access(0, Access.STORE, DATA + 9 * PAGE)).isTrue();
            assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
            assertThat(copied(pair, pair.one) - copied).isEqualTo(512);
            fork.check();
            frozen.check();
        }
        pair.end();
    }

    /// A tracker of either side finds what that side has written since, and nothing of the other's.
    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void everyoneTracksPagesOfTheirOwn(SmallGuest.Kind kind) {
        SharingPair pair = pair(kind);
        for (int page = 0; page < 4; page++) {
            assertThat(pair.one.access(0, Access.STORE, DATA + page * PAGE)).isTrue();
        }
        for (DirtySource source : pair.one.vm.dirtySources()) {
            try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                    SharingGuest child = frozen.fork(source);
                    SharingGuest.Frozen again = new SharingGuest.Frozen(child);
                    SharingGuest grandchild = again.fork(source);
                    DirtyPages parent = pair.one.vm.trackDirty(source)) {
                assertThat(found(child.tracker)).isEmpty();
                assertThat(child.access(0, Access.LOAD, DATA)).isTrue();
                assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
                assertThat(child.access(0, Access.STORE, DATA + PAGE)).isTrue();
                assertThat(grandchild.access(0, Access.STORE, DATA + 2 * PAGE)).isTrue();
                assertThat(found(parent)).as("%s", source).containsExactly(DATA);
                assertThat(found(child.tracker)).as("%s", source).containsExactly(DATA + PAGE);
                assertThat(found(grandchild.tracker))
                        .as("%s", source)
                        .containsExactly(DATA + 2 * PAGE);
            }
        }
        pair.end();
    }

    private static List<Long> found(DirtyPages pages) {
        PageSet found = new PageSet();
        pages.collect(found);
        List<Long> list = new ArrayList<>();
        found.forEach(page -> {
            if (page >= DATA) {
                list.add(page);
            }
        });
        return list;
    }

    @Test
    void thousandForksCoexist() {
        SharingPair pair = pair(SmallGuest.Kind.NPT);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        List<SharingGuest> forks = new ArrayList<>();
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one)) {
            for (int i = 0; i < 1000; i++) {
                SharingGuest fork = frozen.fork(DirtySource.FLAGS);
                forks.add(fork);
                assertThat(fork.access(0, Access.LOAD, DATA)).isTrue();
            }
            // The page is the frozen memory's, too, and the first guest's.
            assertThat(pair.one.map.owners(DATA)).isEqualTo(1001);
            assertThat(forks.get(500).access(0, Access.STORE, DATA + 8)).isTrue();
            assertThat(pair.one.map.owners(DATA)).isEqualTo(1000);
            forks.forEach(SharingGuest::check);
        }
        forks.forEach(SharingGuest::close);
        pair.end();
    }

    /// What is inherited stays until those who inherit it have ended, if they cannot take it.
    @Test
    void closingWithoutMemoryForTheTablesOfOthersLosesNothing() {
        SharingPair pair = pair(SmallGuest.Kind.NPT);
        pair.fillsLarge(pair.one);
        SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
        SharingGuest fork = frozen.fork(DirtySource.FLAGS);
        List<Long> taken = new ArrayList<>();
        while (pair.freePages() > 0) {
            taken.add(pair.machine.host().reserve(PageSize.SIZE_4K));
        }
        frozen.close();
        pair.one.close();
        pair.machine.checkInvariants();
        fork.check();
        taken.forEach(hpa -> pair.machine.host().release(hpa, PageSize.SIZE_4K));
        assertThat(fork.access(0, Access.STORE, DATA)).isTrue();
        fork.check();
        fork.close();
        pair.machine.closeAndVerify();
    }

    @Test
    void forkOutOfMemoryFailsAloneAndGoesOnWhenThereIsSome() {
        SharingPair pair = pair(SmallGuest.Kind.EPT_AD);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.FLAGS)) {
            // Flags in guest tables are set by these, which copies them.
            assertThat(fork.access(0, Access.LOAD, DATA)).isTrue();
            assertThat(pair.one.access(0, Access.LOAD, DATA)).isTrue();
            List<Long> taken = new ArrayList<>();
            while (pair.freePages() > 0) {
                taken.add(pair.machine.host().reserve(PageSize.SIZE_4K));
            }
            assertThat(fork.access(0, Access.STORE, DATA)).isFalse();
            assertThat(pair.one.access(0, Access.LOAD, DATA)).isTrue();
            taken.forEach(hpa -> pair.machine.host().release(hpa, PageSize.SIZE_4K));
            assertThat(fork.access(0, Access.STORE, DATA)).isTrue();
        }
        pair.end();
    }

    @Test
    void everyForkHasAGenerationOfItsOwn() {
        SharingPair pair = pair(SmallGuest.Kind.NPT);
        try (FrozenMemory frozen = pair.one.vm.freeze();
                VirtualMachine first = frozen.fork("first");
                VirtualMachine second = frozen.fork("second")) {
            assertThat(Set.of(first.generation(), second.generation(), pair.one.vm.generation()))
                    .hasSize(3);
        }
        pair.end();
    }

    @Test
    void closedFrozenMemoryMakesNothing() {
        SharingPair pair = pair(SmallGuest.Kind.NPT);
        FrozenMemory frozen = pair.one.vm.freeze();
        frozen.close();
        frozen.close();
        assertThatThrownBy(() -> frozen.fork("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the frozen memory was closed");
        pair.end();
    }

    @Test
    void encryptedAndNativeMemoryIsNotFrozen() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 32L << 20)
                                .with(MemoryEncryption.FREE));
        VirtualMachine vm =
                machine.create(
                        new VmSettings(
                                "secret",
                                8L << 20,
                                1,
                                TranslationMode.NESTED,
                                Protection.ENCRYPTED));
        assertThatThrownBy(vm::freeze)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("secret: encrypted memory cannot be shared");
        machine.closeAndVerify();
        SimulatedMachine bare =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 32L << 20));
        VirtualMachine alone =
                bare.create(new VmSettings("alone", 8L << 20, 1, TranslationMode.NATIVE));
        assertThatThrownBy(alone::freeze).isInstanceOf(UnsupportedOperationException.class);
        bare.closeAndVerify();
    }
}
