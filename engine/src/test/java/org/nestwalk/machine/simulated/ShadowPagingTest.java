package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Shadow tables follow the guest's, however these are changed. The guest invalidates as it must on
/// any processor, so that nothing but the shadow tables could still translate as before.
class ShadowPagingTest {
    private static final long GVA = SmallGuest.GVA;
    private static final long ROOT = SmallGuest.ROOT;
    private static final long OTHER_ROOT = 0x2000;
    private static final long LEVEL3 = 0x3000;
    private static final long OTHER_LEVEL3 = 0x4000;
    private static final long LEVEL2 = 0x5000;
    private static final long TABLE = 0x6000;
    private static final long NEW_TABLE = 0x7000;
    private static final long OLD_PAGE = 4 << 20;
    private static final long NEW_PAGE = 5 << 20;
    private static final long ENTRY_BITS = 7;

    private final SmallGuest guest =
            new SmallGuest(SecondLevelFormat.EPT_AD, TranslationMode.SHADOW);
    private final VirtualMachine vm = guest.vm;
    private final VirtualCpu cpu = guest.cpu;
    private final KernelCpu kernel = guest.kernel;
    private final List<Long> faults = new ArrayList<>();

    /// Two address spaces that share the table of level 2 and those below: [#GVA] is the old page,
    /// the page after it [#TABLE] itself, and the 2 MiB after it, too.
    ShadowPagingTest() {
        vm.onException((self, gva, code) -> {
            faults.add(gva);
            kernel.store(TABLE + 8 * (gva >> 12 & 511), NEW_PAGE | ENTRY_BITS);
            self.invlpg(gva);
        });
        kernel.store(ROOT + 8, LEVEL3 | ENTRY_BITS);
        kernel.store(OTHER_ROOT + 8, OTHER_LEVEL3 | ENTRY_BITS);
        kernel.store(LEVEL3, LEVEL2 | ENTRY_BITS);
        kernel.store(OTHER_LEVEL3, LEVEL2 | ENTRY_BITS);
        kernel.store(LEVEL2, TABLE | ENTRY_BITS);
        kernel.store(LEVEL2 + 8, TABLE | ENTRY_BITS);
        kernel.store(TABLE, OLD_PAGE | ENTRY_BITS);
        kernel.store(TABLE + 8, TABLE | ENTRY_BITS);
        kernel.store(NEW_TABLE, NEW_PAGE | ENTRY_BITS);
        kernel.store(OLD_PAGE, 1);
        kernel.store(NEW_PAGE, 2);
        kernel.loadCr3(ROOT, false);
    }

    @AfterEach
    void nothingIsLost() {
        guest.machine.closeAndVerify();
    }

    private long load(long gva) {
        cpu.setProgram(0, Checksum.START);
        assertThat(guest.run(Access.LOAD, gva)).isInstanceOf(VmExit.ProgramEnd.class);
        long checksum = cpu.state().checksum();
        for (long value : new long[] {1, 2}) {
            if (checksum == Checksum.fold(Checksum.START, value)) {
                return value;
            }
        }
        return -1;
    }

    @Test
    void entryStoredIsFollowedInEveryAddressSpaceAndPlace() {
        for (long root : new long[] {OTHER_ROOT, ROOT}) {
            kernel.loadCr3(root, false);
            assertThat(load(GVA)).isEqualTo(1);
            assertThat(load(GVA + PageSize.SIZE_2M.bytes())).isEqualTo(1);
        }
        kernel.store(TABLE, NEW_PAGE | ENTRY_BITS);
        for (long root : new long[] {ROOT, OTHER_ROOT}) {
            kernel.loadCr3(root, false);
            assertThat(load(GVA)).isEqualTo(2);
            assertThat(load(GVA + PageSize.SIZE_2M.bytes())).isEqualTo(2);
        }
    }

    @Test
    void entryOfLevelTwoStoredIsFollowed() {
        assertThat(load(GVA)).isEqualTo(1);
        kernel.store(LEVEL2, NEW_TABLE | ENTRY_BITS);
        kernel.invlpg(GVA);
        assertThat(load(GVA)).isEqualTo(2);
        assertThat(load(GVA + PageSize.SIZE_2M.bytes())).isEqualTo(1);
    }

    @Test
    void entryOfTheRootStoredIsFollowed() {
        assertThat(load(GVA)).isEqualTo(1);
        kernel.store(NEW_TABLE + 0x1000, NEW_TABLE | ENTRY_BITS);
        kernel.store(NEW_TABLE + 0x2000, NEW_TABLE + 0x1000 | ENTRY_BITS);
        kernel.store(ROOT + 8, NEW_TABLE + 0x2000 | ENTRY_BITS);
        kernel.loadCr3(ROOT, false);
        assertThat(load(GVA)).isEqualTo(2);
    }

    @Test
    void tableCopiedOverIsFollowed() {
        assertThat(load(GVA)).isEqualTo(1);
        kernel.copy(NEW_TABLE, TABLE, 4096);
        kernel.invlpg(GVA);
        assertThat(load(GVA)).isEqualTo(2);
    }

    @Test
    void tableCopiedOverIsFollowedInEveryAddressSpaceThatUsesIt() {
        for (long root : new long[] {OTHER_ROOT, ROOT}) {
            kernel.loadCr3(root, false);
            assertThat(load(GVA)).isEqualTo(1);
        }
        kernel.copy(NEW_TABLE, TABLE, 4096);
        for (long root : new long[] {ROOT, OTHER_ROOT}) {
            kernel.loadCr3(root, false);
            assertThat(load(GVA)).isEqualTo(2);
        }
    }

    /// The kernel answers the fault with the new page.
    @Test
    void entryThatAProgramOverwritesIsFollowed() {
        assertThat(load(GVA)).isEqualTo(1);
        long cursor = 0;
        while ((Checksum.value(cursor) & 1) != 0) {
            cursor++;
        }
        cpu.setProgram(cursor, 0);
        assertThat(guest.run(Access.STORE, GVA + 0x1000)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(vm.memory().read(TABLE)).isEqualTo(Checksum.value(cursor));
        kernel.invlpg(GVA);
        assertThat(load(GVA)).isEqualTo(2);
        assertThat(faults).containsExactly(GVA);
    }

    @Test
    void tableWrittenAsDataIsProtectedAgainWhenItIsWalked() {
        assertThat(load(GVA)).isEqualTo(1);
        long traps = cpu.account().exits(ExitReason.TABLE_WRITE);
        kernel.copy(NEW_TABLE, TABLE, 4096);
        assertThat(cpu.account().exits(ExitReason.TABLE_WRITE)).isEqualTo(traps + 1);
        kernel.store(TABLE, OLD_PAGE | ENTRY_BITS);
        assertThat(cpu.account().exits(ExitReason.TABLE_WRITE))
                .as("it is no table now")
                .isEqualTo(traps + 1);
        kernel.invlpg(GVA);
        assertThat(load(GVA)).isEqualTo(1);
        kernel.store(TABLE, NEW_PAGE | ENTRY_BITS);
        assertThat(cpu.account().exits(ExitReason.TABLE_WRITE)).isEqualTo(traps + 2);
        kernel.invlpg(GVA);
        assertThat(load(GVA)).isEqualTo(2);
    }

    /// A second page of the same shadow table keeps that from being freed, and all from being
    /// flushed.
    @Test
    void whatIsCachedStaysUntilTheGuestInvalidatesIt() {
        load(GVA + 0x1000);
        assertThat(load(GVA)).isEqualTo(1);
        kernel.store(TABLE, NEW_PAGE | ENTRY_BITS);
        kernel.loadCr3(ROOT, true);
        assertThat(load(GVA)).as("kept").isEqualTo(1);
        kernel.invlpg(GVA);
        assertThat(load(GVA)).isEqualTo(2);
        kernel.store(TABLE, OLD_PAGE | ENTRY_BITS);
        kernel.loadCr3(ROOT, false);
        assertThat(load(GVA)).isEqualTo(1);
        kernel.store(TABLE, NEW_PAGE | ENTRY_BITS);
        kernel.invpcidContext(0);
        assertThat(load(GVA)).isEqualTo(2);
    }
}
