package org.nestwalk.machine.simulated;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.simulated.host.HostFrames;

/// Memory in native mode, where the kernel's memory is the machine's, from address 0.
final class NativeMemory {
    private static final long LARGEST_BLOCK = 4L << 20;
    private static final int LARGEST_ORDER = 10;

    private NativeMemory() {}

    /// Takes all memory of `vm` from the host.
    ///
    /// @throws InputException if the host has it not
    static void take(VmContext vm) {
        HostFrames host = vm.host().frames();
        for (long hpa = 0; hpa < vm.settings().memoryBytes(); hpa += LARGEST_BLOCK) {
            if (hpa >= host.bytes() || !host.takeAt(hpa, order(vm, hpa), vm.id(), hpa)) {
                throw new InputException(
                        "%s needs %d bytes of contiguous memory from address 0, which the host does not have"
                                .formatted(vm.settings().name(), vm.settings().memoryBytes()));
            }
        }
    }

    /// Gives it back.
    static void give(VmContext vm) {
        for (long hpa = 0; hpa < vm.settings().memoryBytes(); hpa += LARGEST_BLOCK) {
            vm.host().frames().give(hpa, order(vm, hpa));
        }
    }

    /// The last block may be one of 2 MiB.
    private static int order(VmContext vm, long hpa) {
        return vm.settings().memoryBytes() - hpa >= LARGEST_BLOCK
                ? LARGEST_ORDER
                : HostFrames.order(PageSize.SIZE_2M);
    }
}
