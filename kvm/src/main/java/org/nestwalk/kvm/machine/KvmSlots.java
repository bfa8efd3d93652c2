package org.nestwalk.kvm.machine;

import java.util.BitSet;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// What guest-physical memory is in a virtual machine of KVM: the guest's, and the control area.
///
/// Where KVM shadows the guest's tables it keeps ten bytes for each page of a slot, zeroed when the
/// slot is made: 40 MiB, and 8 to 37 ms, for 16 GiB. So what a frozen virtual machine goes on in,
/// and its children, have memory in parts, each a slot that is made when the guest first reaches it
/// ([#reach]). An access to memory that is in no slot leaves the guest as one to a device would; a
/// table there makes KVM report a page fault.
///
/// Callers hold the exclusive lock.
final class KvmSlots implements AutoCloseable {
    private static final int CONTROL = 0;
    private static final int FIRST_PART = 1;
    private static final long SHADOWED = PageSize.SIZE_1G.bytes();

    private final KvmVm vm;
    private final long address;
    private final long bytes;
    private final long partBytes;
    private final int flags;
    private final int parts;
    private final BitSet reached = new BitSet();

    /// Is given parts of the guest's memory.
    @FunctionalInterface
    interface PartConsumer {
        /// The slot `slot` has `bytes` from `gpa`.
        void accept(int slot, long gpa, long bytes);
    }

    private KvmSlots(KvmVm vm, long address, long bytes, long partBytes, int flags) {
        this.vm = vm;
        this.address = address;
        this.bytes = bytes;
        this.partBytes = partBytes;
        this.flags = flags;
        this.parts = (int) ((bytes + partBytes - 1) / partBytes);
    }

    /// A new virtual machine of KVM that has no CPU yet.
    ///
    /// @param memory address of the guest's, of `bytes`
    /// @param partBytes of memory in a slot, a multiple of 2 MiB; the first part is reached already
    /// @throws SystemCallException if the host cannot have it
    static KvmSlots open(
            KvmMachine owner, long memory, long bytes, long partBytes, ControlArea control) {
        KvmVm vm = owner.kvm().createVm();
        try {
            KvmSettings.Dirty dirty = owner.settings().dirty();
            DirtyLog.prepare(vm, dirty);
            int flags = dirty.isByKvm() ? KvmVm.LOG_DIRTY_PAGES : 0;
            KvmSlots slots = new KvmSlots(vm, memory, bytes, partBytes, flags);
            slots.add(0);
            long controlBytes = control.memory().bytes();
            vm.setMemory(CONTROL, 0, control.base(), controlBytes, control.memory().address());
            // As many as there can be tables, and then some.
            long pages = (bytes + SHADOWED) / PageSize.SIZE_4K.bytes();
            vm.setMostShadowPages((int) Math.min(Integer.MAX_VALUE, pages));
            return slots;
        } catch (RuntimeException e) {
            vm.close();
            throw e;
        }
    }

    /// The virtual machine of KVM.
    KvmVm vm() {
        return vm;
    }

    private void add(int part) {
        long gpa = part * partBytes;
        vm.setMemory(FIRST_PART + part, flags, gpa, bytesOf(part), address + gpa);
        reached.set(part);
    }

    private long bytesOf(int part) {
        return Math.min(partBytes, bytes - part * partBytes);
    }

    /// Whether `gpa` is in a slot, or in no part of the guest's memory.
    boolean isReached(long gpa) {
        return gpa < 0 || gpa >= bytes || reached.get((int) (gpa / partBytes));
    }

    /// Whether all memory is in slots.
    boolean areAllReached() {
        return reached.cardinality() == parts;
    }

    /// Puts the part of `gpa` into a slot.
    ///
    /// @return whether it was in none, and is now
    /// @throws GuestFailure if the host cannot have it
    boolean reach(long gpa) {
        if (isReached(gpa)) {
            return false;
        }
        try {
            add((int) (gpa / partBytes));
            return true;
        } catch (SystemCallException e) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "no slot for the memory at guest-physical address 0x%x: %s"
                            .formatted(gpa, e.getMessage()));
        }
    }

    /// Gives the parts that are in slots to `consumer`.
    void forEachReached(PartConsumer consumer) {
        for (int part = reached.nextSetBit(0); part >= 0; part = reached.nextSetBit(part + 1)) {
            consumer.accept(FIRST_PART + part, part * partBytes, bytesOf(part));
        }
    }

    /// The first address in `slot`, -1 if that is not the guest's memory.
    long addressOf(int slot) {
        return slot == CONTROL ? -1 : (slot - FIRST_PART) * partBytes;
    }

    @Override
    public void close() {
        vm.close();
    }
}
