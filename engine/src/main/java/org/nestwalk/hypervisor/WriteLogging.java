package org.nestwalk.hypervisor;

import java.util.HashSet;
import java.util.Set;
import org.nestwalk.machine.ExitHandler;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Finds written pages by page-modification logging: the processor logs each page whose dirty flag
/// it sets, and exits when 512 are logged (Intel SDM volume 3C, section 28.2.5).
public final class WriteLogging implements DirtyTracking, ExitHandler {
    private final VirtualMachine vm;
    private final ExitHandler others;
    private final Set<Long> dirty = new HashSet<>();

    /// Tracks `vm`, whose other exits go to `others`, from the first [#arm] on.
    ///
    /// @throws UnsupportedOperationException if the machine has no such log
    public WriteLogging(VirtualMachine vm, ExitHandler others) {
        this.vm = vm;
        this.others = others;
        vm.exclusively(() -> vm.secondLevel().logWrites(true));
        vm.onExit(this);
    }

    @Override
    public void arm() {
        vm.exclusively(() -> {
            vm.secondLevel().harvestDirty(0, vm.settings().memoryBytes(), page -> {});
            drain();
        });
        dirty.clear();
    }

    @Override
    public long dirtyPages() {
        vm.exclusively(this::drain);
        return dirty.size();
    }

    private void drain() {
        vm.cpus().forEach(cpu -> cpu.drainLog(dirty::add));
    }

    @Override
    public boolean handle(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.LogFull)) {
            return others.handle(cpu, exit);
        }
        cpu.drainLog(dirty::add);
        return true;
    }
}
