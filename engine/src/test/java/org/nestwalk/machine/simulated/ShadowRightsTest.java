package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What shadow entries allow, of which size they are, and what each exit is for.
class ShadowRightsTest {
    private static final long GVA = SmallGuest.GVA;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long PAGE = 4096;
    private static final long DATA = 4 << 20;
    private static final long LEVEL2 = SmallGuest.LEVEL2;

    private final SmallGuest guest =
            new SmallGuest(SecondLevelFormat.EPT_AD, TranslationMode.SHADOW);
    private final VirtualMachine vm = guest.vm;
    private final VirtualCpu cpu = guest.cpu;
    private final KernelCpu kernel = guest.kernel;
    private final List<Long> faults = new ArrayList<>();

    /// The guest maps its memory from [#GVA] on with 2-MiB pages, by tables in the first of them.
    ShadowRightsTest() {
        vm.onException((self, gva, code) -> {
            faults.add(code);
            map(gva & -LARGE, (gva - GVA & -LARGE) | 0x87);
        });
        guest.mapAll();
    }

    @AfterEach
    void nothingIsLost() {
        guest.machine.closeAndVerify();
    }

    private void map(long gva, long entry) {
        guest.map(gva, entry);
    }

    private void run(int kind, long gva) {
        assertThat(guest.run(kind, gva)).isInstanceOf(VmExit.ProgramEnd.class);
    }

    private long shadowFaults() {
        return cpu.account().exits(ExitReason.SHADOW_FAULT);
    }

    @Test
    void pageThatTheGuestForbidsToWriteFaultsInTheGuest() {
        map(GVA + DATA, DATA | 0x85);
        run(Access.LOAD, GVA + DATA);
        assertThat(faults).isEmpty();
        run(Access.STORE, GVA + DATA);
        assertThat(faults).containsExactly(7L);
    }

    @Test
    void pageThatTheGuestForbidsToExecuteFaultsInTheGuest() {
        map(GVA + DATA, DATA | 0x87 | PagingEntry.NO_EXECUTE);
        run(Access.STORE, GVA + DATA);
        assertThat(faults).isEmpty();
        run(Access.FETCH, GVA + DATA);
        assertThat(faults).containsExactly(0x15L);
    }

    @Test
    void pageOfTheGuestsKernelFaultsForItsProgram() {
        map(GVA + DATA, DATA | 0x83);
        kernel.access(Access.STORE, GVA + DATA);
        assertThat(faults).isEmpty();
        run(Access.LOAD, GVA + DATA);
        assertThat(faults).containsExactly(5L);
    }

    @Test
    void pageThatIsNotPresentFaultsAndIsMapped() {
        map(GVA + DATA, 0);
        run(Access.STORE, GVA + DATA);
        assertThat(faults).containsExactly(6L);
    }

    @Test
    void firstWriteComesToTheHypervisorToSetTheDirtyFlag() {
        guest.backing = PageSize.SIZE_2M;
        run(Access.LOAD, GVA + DATA);
        long entry = LEVEL2 + 8 * (DATA >> 21);
        assertThat(kernel.load(entry) & (PagingEntry.ACCESSED | PagingEntry.DIRTY))
                .isEqualTo(PagingEntry.ACCESSED);
        long before = shadowFaults();
        run(Access.STORE, GVA + DATA);
        assertThat(kernel.load(entry) & PagingEntry.DIRTY).isEqualTo(PagingEntry.DIRTY);
        assertThat(shadowFaults()).isEqualTo(before + 1);
        run(Access.STORE, GVA + DATA + 8);
        run(Access.STORE, GVA + DATA + PAGE);
        run(Access.FETCH, GVA + DATA + 9 * PAGE);
        assertThat(shadowFaults()).as("one page of 2 MiB").isEqualTo(before + 1);
    }

    @Test
    void shadowPageIsTheSmallerOfBoth() {
        run(Access.STORE, GVA + DATA);
        long before = shadowFaults();
        run(Access.STORE, GVA + DATA + PAGE);
        run(Access.STORE, GVA + DATA + 8);
        assertThat(shadowFaults()).isEqualTo(before + 1);
        assertThat(cpu.account().cycles(Cost.SHADOWING)).isPositive();
    }

    /// 4-KiB shadow pages are in the way of a large one, which is then made small, too.
    @Test
    void largePageThatComesLaterFitsAmongSmallOnes() {
        run(Access.STORE, GVA + DATA);
        run(Access.STORE, GVA + DATA + 5 * PAGE);
        vm.exclusively(() -> assertThat(vm.secondLevel().collapse(DATA, -1)).isEqualTo(2));
        cpu.setProgram(0, Checksum.START);
        run(Access.LOAD, GVA + DATA + PAGE);
        assertThat(cpu.state().checksum()).isEqualTo(Checksum.fold(Checksum.START, 0));
        run(Access.STORE, GVA + DATA + PAGE);
        assertThat(vm.memory().read(DATA + PAGE)).isEqualTo(Checksum.value(1));
    }

    /// Large pages on both sides, one of which has the tables in it.
    @Test
    void largePageWithTablesIsNotWritableAsAWhole() {
        guest.backing = PageSize.SIZE_2M;
        vm.exclusively(() -> vm.secondLevel().collapse(0, -1));
        assertThat(vm.secondLevel().pageSize(0)).isEqualTo(PageSize.SIZE_2M);
        run(Access.LOAD, GVA + DATA);
        run(Access.STORE, GVA + 0x10_0000);
        run(Access.STORE, GVA + 0x10_0008);
        assertThat(faults).isEmpty();
        long cursor = 0;
        while ((Checksum.value(cursor) & 1) != 0) {
            cursor++;
        }
        cpu.setProgram(cursor, 0);
        run(Access.STORE, GVA + LEVEL2 + 8 * (DATA >> 21));
        kernel.invlpg(GVA + DATA);
        run(Access.LOAD, GVA + DATA);
        assertThat(faults).as("the entry is not present any more").containsExactly(4L);
    }

    @Test
    void pageThatTheHypervisorTakesAwayIsTranslatedNoMore() {
        run(Access.STORE, GVA + DATA);
        assertThat(vm.memory().read(DATA)).isEqualTo(Checksum.value(0));
        vm.exclusively(() -> vm.secondLevel().unmap(DATA, PAGE));
        cpu.setProgram(0, Checksum.START);
        run(Access.LOAD, GVA + DATA);
        assertThat(cpu.state().checksum()).isEqualTo(Checksum.fold(Checksum.START, 0));
    }

    @Test
    void pageThatTheHypervisorProtectsIsNotWritten() {
        run(Access.STORE, GVA + DATA);
        RightsClaim claim = vm.claim((self, exit) -> Verdict.STOP);
        vm.exclusively(() -> claim.allow(DATA, PAGE, SecondLevelMap.READ));
        assertThat(cpu.run(new long[] {Access.pack(Access.STORE, GVA + DATA)}, 0, 1))
                .isEqualTo(new VmExit.WriteTrap(DATA, GVA + DATA, false));
        run(Access.LOAD, GVA + DATA);
        assertThat(cpu.run(new long[] {Access.pack(Access.STORE, GVA + DATA)}, 0, 1))
                .isEqualTo(new VmExit.WriteTrap(DATA, GVA + DATA, false));
        vm.exclusively(() -> claim.allow(DATA, PAGE, SecondLevelMap.ALL));
        run(Access.STORE, GVA + DATA);
    }

    /// More leaves than are remembered for a region: none of them may stay.
    @Test
    void pageMappedThousandsOfTimesIsTakenAwayEverywhere() {
        long tables = 2 << 20;
        int count = 9 * 512;
        kernel.store(DATA, 1);
        for (int table = 0; table < 9; table++) {
            for (int i = 0; i < 512; i++) {
                kernel.store(tables + table * PAGE + 8L * i, DATA | 7);
            }
            map(GVA + (16L << 20) + table * LARGE, tables + table * PAGE | 7);
        }
        long first = GVA + (16L << 20);
        for (int i = 0; i < count; i++) {
            run(Access.LOAD, first + i * PAGE);
        }
        vm.exclusively(() -> vm.secondLevel().unmap(DATA, PAGE));
        cpu.setProgram(0, Checksum.START);
        long expected = Checksum.START;
        for (int i = 0; i < count; i += 97) {
            run(Access.LOAD, first + i * PAGE);
            expected = Checksum.fold(expected, 0);
        }
        assertThat(cpu.state().checksum()).isEqualTo(expected);
    }

    @Test
    void everyReasonIsCountedWhereItArises() {
        long loads = cpu.account().exits(ExitReason.CR3_LOAD);
        kernel.loadCr3(0x1000, true);
        assertThat(cpu.account().exits(ExitReason.CR3_LOAD)).isEqualTo(loads + 1);
        long invalidations = cpu.account().exits(ExitReason.INVALIDATION);
        kernel.invlpg(GVA);
        kernel.invpcidAddress(0, GVA);
        kernel.invpcidContext(0);
        assertThat(cpu.account().exits(ExitReason.INVALIDATION)).isEqualTo(invalidations + 3);
        run(Access.LOAD, GVA + DATA);
        long writes = cpu.account().exits(ExitReason.TABLE_WRITE);
        long shadowing = cpu.account().cycles(Cost.SHADOWING);
        kernel.store(LEVEL2 + 8 * 100, 0);
        assertThat(cpu.account().exits(ExitReason.TABLE_WRITE)).isEqualTo(writes + 1);
        assertThat(cpu.account().cycles(Cost.SHADOWING)).isEqualTo(shadowing + 2_000);
        kernel.store(DATA + 8, 0);
        assertThat(cpu.account().exits(ExitReason.TABLE_WRITE)).isEqualTo(writes + 1);
    }
}
