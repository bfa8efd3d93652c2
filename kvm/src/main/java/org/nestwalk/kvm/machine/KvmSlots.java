package org.nestwalk.kvm.machine;

import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.KvmVm;

/// What guest-physical memory is in a virtual machine of KVM: the guest's, and the control area.
final class KvmSlots {
    /// The slot of the guest's memory.
    static final int MEMORY = 0;

    private static final int CONTROL = 1;
    private static final long SHADOWED = PageSize.SIZE_1G.bytes();

    private KvmSlots() {}

    /// A new virtual machine of KVM that has no CPU yet.
    ///
    /// @param memory address of the guest's, of `bytes`
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot have it
    static KvmVm open(KvmMachine owner, long memory, long bytes, ControlArea control) {
        KvmVm vm = owner.kvm().createVm();
        try {
            KvmSettings.Dirty dirty = owner.settings().dirty();
            DirtyLog.prepare(vm, dirty);
            int flags = dirty.isByKvm() ? KvmVm.LOG_DIRTY_PAGES : 0;
            vm.setMemory(MEMORY, flags, 0, bytes, memory);
            long controlBytes = control.memory().bytes();
            vm.setMemory(CONTROL, 0, control.base(), controlBytes, control.memory().address());
            // As many as there can be tables, and then some.
            long pages = (bytes + SHADOWED) / PageSize.SIZE_4K.bytes();
            vm.setMostShadowPages((int) Math.min(Integer.MAX_VALUE, pages));
            return vm;
        } catch (RuntimeException e) {
            vm.close();
            throw e;
        }
    }
}
