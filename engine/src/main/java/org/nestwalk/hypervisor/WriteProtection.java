package org.nestwalk.hypervisor;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitHandler;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Finds written pages by taking the right to write away: the first write to each exits, and gets
/// it back. What live migration did before processors had dirty flags in their second level (Clark
/// et al., NSDI 2005, section 5). Large pages are not split, so that a write to one says that any
/// of it may be dirty.
///
/// Writes are all that need the right to: stores of programs and of the guest's kernel, and the
/// processor's updates of flags in the guest's tables. With accessed and dirty flags in the second
/// level, a processor's reads of guest tables count as writes (Intel SDM volume 3C, section
/// 28.2.4), so that tables are found written, too.
public final class WriteProtection implements DirtyTracking, ExitHandler {
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private final VirtualMachine vm;
    private final ExitHandler others;
    private final SortedSet<Long> dirty = new TreeSet<>();

    /// Tracks `vm`, whose other exits go to `others`: pages that are backed from now on, and those
    /// that are already from the first [#arm] on.
    public WriteProtection(VirtualMachine vm, ExitHandler others) {
        this.vm = vm;
        this.others = others;
        vm.onExit(this);
    }

    @Override
    public void arm() {
        dirty.clear();
        vm.exclusively(() -> vm.secondLevel().protect(0, vm.settings().memoryBytes(), READ_ONLY));
    }

    @Override
    public long dirtyPages() {
        return dirty.size();
    }

    /// Reports the first guest-physical address of each page found written since the pass began, in
    /// ascending order.
    public void forEachDirty(LongConsumer consumer) {
        dirty.forEach(consumer::accept);
    }

    @Override
    public boolean handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.WriteTrap trap -> written(trap.gpa());
            case VmExit.Violation violation ->
                    others.handle(cpu, exit) && (violation.mapped() || backed(violation));
            default -> others.handle(cpu, exit);
        };
    }

    /// A page was backed for an access, which counts if it is a write.
    private boolean backed(VmExit.Violation violation) {
        if ((violation.access() & SecondLevelMap.WRITE) != 0) {
            return written(violation.gpa());
        }
        PageSize size = vm.secondLevel().pageSize(violation.gpa());
        if (size != null) {
            vm.secondLevel().protect(violation.gpa() & ~size.offsetMask(), size.bytes(), READ_ONLY);
        }
        return true;
    }

    private boolean written(long gpa) {
        PageSize size = vm.secondLevel().pageSize(gpa);
        if (size == null) {
            return false;
        }
        long page = gpa & ~size.offsetMask();
        vm.secondLevel().protect(page, size.bytes(), SecondLevelMap.ALL);
        dirty.add(page);
        return true;
    }
}
