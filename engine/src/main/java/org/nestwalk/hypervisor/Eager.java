package org.nestwalk.hypervisor;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.VirtualMachine;

/// Backs all memory before the virtual machine runs, with pages of at most one size.
///
/// @param largest 4 KiB or 2 MiB
public record Eager(PageSize largest) implements BackingPolicy {
    @Override
    public void prepare(VirtualMachine vm) {
        vm.exclusively(() -> {
            long bytes = vm.settings().memoryBytes();
            for (long gpa = 0; gpa < bytes; ) {
                if (vm.secondLevel().pageSize(gpa) == null && !back(vm, gpa)) {
                    throw new InputException(
                            "the host's memory backs only %d of %d bytes of %s"
                                    .formatted(gpa, bytes, vm.settings().name()));
                }
                PageSize size = vm.secondLevel().pageSize(gpa);
                gpa += size == null ? PageSize.SIZE_4K.bytes() : size.bytes();
            }
        });
    }

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        return new FirstTouch(largest).back(vm, gpa);
    }
}
