package org.nestwalk.kvm.machine;

import org.nestwalk.kvm.handle.KvmVcpu;

/// The root table that a virtual CPU has loaded, and whether its translations are to be forgotten.
/// Changed alone, also for other CPUs; the registers are the CPU's own thread's, which brings them
/// up to date before it enters the guest.
final class LoadedRoot {
    private static final long WRITE_THROUGH = 1 << 3;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private final KvmVirtualMachine vm;
    private final KvmVcpu vcpu;
    private volatile long cr3;
    private long flushes;
    private long wanted;
    private long loaded;

    /// The control area's, which maps nothing for programs.
    LoadedRoot(KvmVirtualMachine vm, KvmVcpu vcpu) {
        this.vm = vm;
        this.vcpu = vcpu;
        wanted = vm.control().root();
        loaded = wanted;
    }

    /// CR3 as the guest's kernel has loaded it.
    long cr3() {
        return cr3;
    }

    /// Guest-physical address of the root table.
    long address() {
        return cr3 & ADDRESS;
    }

    /// Loads CR3, and forgets all translations.
    void load(long value) {
        cr3 = value;
        flush();
    }

    /// Forgets all translations at the next entry.
    void flush() {
        flushes++;
        reload();
    }

    /// Finds out again what has to be loaded: a root that is not backed has nothing in it, and is
    /// loaded once it has.
    void reload() {
        long root = address();
        if (vm.ram().isBacked(root)) {
            vm.roots().add(root);
            boolean _ = vm.slots().reach(root);
        } else {
            root = vm.control().root();
        }
        // The bit is ignored, but a CR3 that differs makes KVM forget all translations.
        wanted = root | (flushes % 2 == 0 ? 0 : WRITE_THROUGH);
    }

    /// Sets the register, if it has to change. By the CPU's own thread, before it enters.
    void apply() {
        if (loaded != wanted) {
            loaded = wanted;
            vcpu.system().setCr3(loaded);
            vcpu.systemChanged();
        }
    }
}
