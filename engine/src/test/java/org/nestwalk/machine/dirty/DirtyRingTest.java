package org.nestwalk.machine.dirty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// KVM's rules of dirty rings: soft-full exits, resets, and what they cost.
class DirtyRingTest {
    private static final long MEMORY = 64L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int USABLE = DirtyRing.ENTRIES - DirtyRing.RESERVED;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();
    private final KernelCpu other = vm.cpus().getLast().kernel();

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private DirtyPages track() {
        Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        for (int i = 0; i < MEMORY / PAGE; i++) {
            kernel.load(i * PAGE);
        }
        return vm.trackDirty(DirtySource.RING);
    }

    private static void write(KernelCpu on, int first, int pages) {
        for (int i = first; i < first + pages; i++) {
            on.store(i * PAGE, 1);
        }
    }

    private long exits(int cpu, ExitReason reason) {
        return vm.cpus().get(cpu).account().exits(reason);
    }

    private static PageSet collect(DirtyPages tracking) {
        PageSet pages = new PageSet();
        tracking.collect(pages);
        return pages;
    }

    @Test
    void ringIsSoftFullWith64EntriesLeft() {
        DirtyPages tracking = track();
        write(kernel, 0, USABLE - 1);
        assertThat(exits(0, ExitReason.LOG_FULL)).isZero();
        write(kernel, USABLE - 1, 1);
        assertThat(exits(0, ExitReason.LOG_FULL)).isEqualTo(1);
        assertThat(collect(tracking).size()).isEqualTo(USABLE);
    }

    /// Before the write is made its page is protected again with all others, as on KVM, where it is
    /// logged twice.
    @Test
    void writeThatMeetsAFullRingTrapsTwice() {
        DirtyPages tracking = track();
        write(kernel, 0, USABLE);
        assertThat(exits(0, ExitReason.WRITE_TRAP)).isEqualTo(USABLE + 1);
        write(kernel, 0, 10);
        assertThat(exits(0, ExitReason.WRITE_TRAP)).as("reset").isEqualTo(USABLE + 1 + 10);
        write(kernel, 0, 10);
        assertThat(exits(0, ExitReason.WRITE_TRAP)).as("rewritten").isEqualTo(USABLE + 1 + 10);
        assertThat(collect(tracking).size()).isEqualTo(USABLE);
    }

    @Test
    void eachCpuHasARingAndAResetIsOfAll() {
        DirtyPages tracking = track();
        write(other, 8000, 50);
        write(kernel, 0, USABLE);
        assertThat(exits(1, ExitReason.LOG_FULL)).isZero();
        write(other, 8000, 50);
        assertThat(exits(1, ExitReason.WRITE_TRAP)).isEqualTo(100);
        assertThat(collect(tracking).size()).isEqualTo(USABLE + 50);
    }

    @Test
    void collectingFreesEntriesAndLookingDoesNot() {
        DirtyPages tracking = track();
        for (int pass = 0; pass < 4; pass++) {
            write(kernel, pass * 2000, 2000);
            assertThat(collect(tracking).size()).isEqualTo(2000);
        }
        assertThat(exits(0, ExitReason.LOG_FULL)).isZero();
        for (int pass = 0; pass < 4; pass++) {
            write(kernel, pass * 1000, 1000);
            PageSet pages = new PageSet();
            tracking.peek(pages);
            assertThat(pages.size()).isEqualTo(1000 * pass + 1000);
        }
        write(kernel, 4000, 40);
        assertThat(exits(0, ExitReason.LOG_FULL)).isEqualTo(1);
    }

    @Test
    void entriesAreUsedInTurnAndNoMoreThanThereAre() {
        DirtyRing ring = new DirtyRing(DirtyRing.RESERVED + 2);
        List<Long> found = new ArrayList<>();
        for (long page = 0; page < 200; page++) {
            ring.append(page * PAGE, page % 3 == 0 ? PageSize.SIZE_2M : PageSize.SIZE_4K);
            if (page % 50 == 49) {
                ring.harvest((gpa, bytes) -> found.add(gpa | bytes >> 21));
                assertThat(ring.isSoftFull()).isTrue();
                ring.reset();
                assertThat(ring.isSoftFull()).isFalse();
            }
        }
        assertThat(found).hasSize(200).endsWith(197 * PAGE, 198 * PAGE | 1, 199 * PAGE);
        for (int i = 0; i < DirtyRing.RESERVED + 2; i++) {
            ring.append(0, PageSize.SIZE_4K);
        }
        assertThatIllegalStateException().isThrownBy(() -> ring.append(0, PageSize.SIZE_4K));
    }
}
