package org.nestwalk.machine.simulated;

import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VmExit;

/// A virtual machine's memory, from outside.
final class SimulatedGuestMemory implements GuestMemory {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final SimulatedVm vm;

    SimulatedGuestMemory(SimulatedVm vm) {
        this.vm = vm;
    }

    @Override
    public long bytes() {
        return vm.settings().memoryBytes();
    }

    @Override
    public long read(long gpa) {
        Objects.checkIndex(gpa, bytes());
        long hpa = vm.lookup(gpa);
        return hpa == -1 ? 0 : vm.contents().read(hpa);
    }

    @Override
    public void write(long gpa, long value) {
        Objects.checkIndex(gpa, bytes());
        if (vm.lookup(gpa) == -1 && !vm.tables().populate(gpa, PageSize.SIZE_4K)) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY, "the host has no memory left to back a page");
        }
        vm.owner().requireUnowned(vm.lookup(gpa));
        if (!vm.isNative()) {
            vm.tables().shared().requirePrivate(gpa);
            vm.tables().trackers().written(gpa & -PAGE, PAGE);
        }
        vm.contents().write(vm.lookup(gpa), value);
    }

    @Override
    public void copy(long from, long to, long bytes) {
        Objects.checkFromIndexSize(from, bytes, bytes());
        Objects.checkFromIndexSize(to, bytes, bytes());
        for (long offset = 0; offset < bytes; offset += Long.BYTES) {
            write(to + offset, read(from + offset));
        }
    }
}
