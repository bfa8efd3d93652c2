package org.nestwalk.hypervisor;

import java.util.BitSet;
import java.util.function.LongConsumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitHandler;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Dirty logging by write protection: every page is read-only until its first write traps, is then
/// in the log and writable, and becomes read-only again when the log is harvested. What live
/// migration did before processors had dirty flags in their second level (Clark et al., NSDI 2005,
/// section 5), and what KVM does without them (Linux `arch/x86/kvm/mmu/mmu.c`).
///
/// Writes are all that need the right to: stores of programs and of the guest's kernel, and the
/// processor's updates of accessed and dirty flags in the guest's tables. Pages of 2 MiB are split
/// by their first trap.
public final class WriteProtectionLog implements ExitHandler {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private final VirtualMachine vm;
    private final ExitHandler inner;
    private final BitSet written = new BitSet();

    /// Logs the writes of `vm`, of whose memory nothing is backed yet, from now on.
    ///
    /// @param inner handles all exits but write traps
    public WriteProtectionLog(VirtualMachine vm, ExitHandler inner) {
        this.vm = vm;
        this.inner = inner;
        vm.onExit(this);
    }

    @Override
    public boolean handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.WriteTrap trap -> written(trap.gpa());
            case VmExit.Violation violation ->
                    inner.handle(cpu, exit)
                            && (violation.mapped() || backed(violation.gpa(), violation.access()));
            default -> inner.handle(cpu, exit);
        };
    }

    private boolean written(long gpa) {
        written.set((int) (gpa / PAGE));
        vm.secondLevel().protect(gpa & -PAGE, PAGE, SecondLevelMap.ALL);
        return true;
    }

    /// A page was backed: a read leaves it to be protected, and so the other pages with it.
    private boolean backed(long gpa, int access) {
        PageSize size = vm.secondLevel().pageSize(gpa);
        if (size != null) {
            vm.secondLevel().protect(gpa & -size.bytes(), size.bytes(), READ_ONLY);
            if ((access & SecondLevelMap.WRITE) != 0) {
                return written(gpa);
            }
        }
        return true;
    }

    /// Reports the pages written since the last harvest, by ascending address, and protects them
    /// again.
    public void harvest(LongConsumer consumer) {
        vm.exclusively(() -> {
            for (int page = written.nextSetBit(0); page >= 0; page = written.nextSetBit(page + 1)) {
                long gpa = page * PAGE;
                if (vm.secondLevel().pageSize(gpa) != null) {
                    vm.secondLevel().protect(gpa, PAGE, READ_ONLY);
                }
                consumer.accept(gpa);
            }
            written.clear();
        });
    }
}
