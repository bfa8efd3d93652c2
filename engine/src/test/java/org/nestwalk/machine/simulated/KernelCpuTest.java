package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What a guest's kernel does on its CPU.
class KernelCpuTest {
    private static final long PAGE = 4096;
    private static final long DATA = 4 << 20;
    private static final long OTHER = 6 << 20;
    private static final long LAST = SmallGuest.MEMORY - PAGE;

    private static SmallGuest guest(SmallGuest.Kind kind) {
        SmallGuest guest = new SmallGuest(kind);
        guest.mapAll();
        return guest;
    }

    @ParameterizedTest
    @EnumSource
    void pagesAreCopiedEachToItsPlace(SmallGuest.Kind kind) {
        SmallGuest guest = guest(kind);
        for (int page = 0; page < 3; page++) {
            guest.kernel.store(DATA + page * PAGE + 8, 100 + page);
        }
        guest.kernel.copy(DATA, OTHER, 3 * PAGE);
        for (int page = 0; page < 3; page++) {
            assertThat(guest.kernel.load(OTHER + page * PAGE + 8)).isEqualTo(100 + page);
        }
        guest.kernel.zero(DATA + PAGE, 2 * PAGE);
        assertThat(guest.kernel.load(DATA + 8)).isEqualTo(100);
        assertThat(guest.kernel.load(DATA + PAGE + 8)).isZero();
        assertThat(guest.kernel.load(DATA + 2 * PAGE + 8)).isZero();
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void whatReachesBeyondMemoryIsRefusedAsAWhole(SmallGuest.Kind kind) {
        SmallGuest guest = guest(kind);
        KernelCpu kernel = guest.kernel;
        kernel.store(LAST + 8, 77);
        kernel.store(DATA + 8, 88);
        assertBeyond(() -> kernel.load(SmallGuest.MEMORY));
        assertBeyond(() -> kernel.store(SmallGuest.MEMORY, 1));
        assertBeyond(() -> kernel.load(-8));
        assertBeyond(() -> kernel.zero(LAST, 2 * PAGE));
        assertBeyond(() -> kernel.copy(LAST, DATA, 2 * PAGE));
        assertBeyond(() -> kernel.copy(DATA, LAST, 2 * PAGE));
        assertThat(kernel.load(LAST + 8)).isEqualTo(77);
        assertThat(kernel.load(DATA + 8)).isEqualTo(88);
        guest.machine.closeAndVerify();
    }

    private static void assertBeyond(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOf(GuestFailure.class)
                .hasMessageContaining("beyond its 16777216 bytes");
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void mappingThatChangesIsUsedOnceItIsInvalidated(SmallGuest.Kind kind) {
        SmallGuest guest = guest(kind);
        long gva = SmallGuest.GVA + DATA;
        guest.run(Access.STORE, gva);
        entry(guest, SmallGuest.LEVEL2, gva, OTHER);
        guest.run(Access.STORE, gva + 8);
        assertWritten(guest, DATA + 8, OTHER + 8);
        guest.kernel.invpcidAddress(1, gva);
        guest.kernel.invpcidContext(1);
        guest.run(Access.STORE, gva + 16);
        assertWritten(guest, DATA + 16, OTHER + 16);
        guest.kernel.invlpg(gva);
        guest.run(Access.STORE, gva + 24);
        assertWritten(guest, OTHER + 24, DATA + 24);
        entry(guest, SmallGuest.LEVEL2, gva, DATA);
        guest.kernel.invpcidAddress(0, gva);
        guest.run(Access.STORE, gva + 32);
        assertWritten(guest, DATA + 32, OTHER + 32);
        entry(guest, SmallGuest.LEVEL2, gva, OTHER);
        guest.kernel.invpcidContext(0);
        guest.run(Access.STORE, gva + 40);
        assertWritten(guest, OTHER + 40, DATA + 40);
        guest.machine.closeAndVerify();
    }

    /// A root table that leads elsewhere, loaded with bit 63 of CR3 (keeping what is cached) and
    /// without.
    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void rootThatIsLoadedForgetsUnlessItKeeps(SmallGuest.Kind kind) {
        SmallGuest guest = guest(kind);
        long gva = SmallGuest.GVA + DATA;
        long root = 0x10_0000;
        guest.kernel.store(root + 8 * (SmallGuest.GVA >> 39), root + PAGE | 7);
        guest.kernel.store(root + PAGE, root + 2 * PAGE | 7);
        entry(guest, root + 2 * PAGE, gva, OTHER);
        guest.run(Access.STORE, gva);
        guest.kernel.loadCr3(root, true);
        assertThat(guest.kernel.cr3()).isEqualTo(root);
        guest.run(Access.STORE, gva + 8);
        assertWritten(guest, DATA + 8, OTHER + 8);
        guest.kernel.loadCr3(root, false);
        guest.run(Access.STORE, gva + 16);
        assertWritten(guest, OTHER + 16, DATA + 16);
        guest.kernel.loadCr3(SmallGuest.ROOT, false);
        guest.run(Access.STORE, gva + 24);
        assertWritten(guest, DATA + 24, OTHER + 24);
        guest.machine.closeAndVerify();
    }

    /// Sets an entry of 2 MiB of a level-2 table, and tells no processor.
    private static void entry(SmallGuest guest, long table, long gva, long gpa) {
        guest.kernel.store(table + 8 * (gva >> 21 & 511), gpa | 0x87);
    }

    private static void assertWritten(SmallGuest guest, long gpa, long notHere) {
        assertThat(guest.vm.memory().read(gpa)).isNotZero();
        assertThat(guest.vm.memory().read(notHere)).isZero();
    }

    @Test
    void interruptedCpuWorksAndBothPay() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 64L << 20));
        SmallGuest guest =
                new SmallGuest(
                        machine,
                        new VmSettings("vm", SmallGuest.MEMORY, 2, TranslationMode.NESTED));
        KernelCpu other = guest.vm.cpus().get(1).kernel();
        assertThat(other.cpu()).isEqualTo(guest.vm.cpus().get(1));
        assertThat(other.cpu().index()).isEqualTo(1);
        assertThat(other.cpu().vm()).isEqualTo(guest.vm);
        KernelCpu[] worked = new KernelCpu[1];
        guest.kernel.interrupt(1, cpu -> worked[0] = cpu);
        assertThat(worked[0]).isEqualTo(other);
        long sent = guest.cpu.account().cycles(Cost.GUEST_SHOOTDOWN);
        long taken = other.cpu().account().cycles(Cost.GUEST_SHOOTDOWN);
        assertThat(sent).isEqualTo(machine.settings().costs().interrupt());
        assertThat(taken).isEqualTo(machine.settings().costs().interrupted());
        other.spend(Cost.GUEST_SHOOTDOWN, 5);
        assertThat(other.cpu().account().cycles(Cost.GUEST_SHOOTDOWN)).isEqualTo(taken + 5);
        machine.closeAndVerify();
    }

    @Test
    void timePassesWithAccesses() {
        SmallGuest guest = guest(SmallGuest.Kind.EPT_AD);
        long before = guest.cpu.nanoseconds();
        assertThat(guest.run(Access.LOAD, SmallGuest.GVA + DATA))
                .isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(guest.cpu.nanoseconds()).isGreaterThan(before);
        assertThat(guest.cpu.state().checksum()).isNotEqualTo(Checksum.START);
        assertThat(guest.vm.secondLevel().pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        guest.machine.closeAndVerify();
    }
}
