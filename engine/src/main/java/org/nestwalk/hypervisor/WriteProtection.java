package org.nestwalk.hypervisor;

import java.util.HashSet;
import java.util.Set;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitHandler;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Finds written pages by taking the right to write away: the first write to each exits, and gets
/// it back. Large pages are not split, so that a write to one says that any of it may be dirty.
///
/// With accessed and dirty flags in the second level, a processor's reads of guest tables count as
/// writes (Intel SDM volume 3C, section 28.2.4), so that tables are found written, too.
public final class WriteProtection implements DirtyTracking, ExitHandler {
    private final VirtualMachine vm;
    private final ExitHandler others;
    private final Set<Long> dirty = new HashSet<>();

    /// Tracks `vm`, whose other exits go to `others`, from the first [#arm] on.
    public WriteProtection(VirtualMachine vm, ExitHandler others) {
        this.vm = vm;
        this.others = others;
        vm.onExit(this);
    }

    @Override
    public void arm() {
        dirty.clear();
        vm.exclusively(() ->
                vm.secondLevel()
                        .protect(
                                0,
                                vm.settings().memoryBytes(),
                                SecondLevelMap.READ | SecondLevelMap.EXECUTE));
    }

    @Override
    public long dirtyPages() {
        return dirty.size();
    }

    @Override
    public boolean handle(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap)) {
            return others.handle(cpu, exit);
        }
        PageSize size = vm.secondLevel().pageSize(trap.gpa());
        if (size == null) {
            return false;
        }
        long page = trap.gpa() & ~size.offsetMask();
        vm.secondLevel().protect(page, size.bytes(), SecondLevelMap.ALL);
        dirty.add(page);
        return true;
    }
}
