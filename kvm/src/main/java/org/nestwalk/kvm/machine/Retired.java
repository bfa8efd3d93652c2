package org.nestwalk.kvm.machine;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.nestwalk.kvm.sys.MappedMemory;

/// A virtual machine of KVM, and a mapping of memory, that a frozen virtual machine has left, or is
/// about to: each CPU leaves when it next enters the guest. Taking it down takes time in proportion
/// to how much of the memory was touched, and is done beside what goes on.
final class Retired {
    private final Executor background;
    private final KvmSlots slots;
    private final MappedMemory memory;
    private final AtomicInteger cpus;

    /// @param cpus of it that are yet to leave
    Retired(Executor background, KvmSlots slots, MappedMemory memory, int cpus) {
        this.background = background;
        this.slots = slots;
        this.memory = memory;
        this.cpus = new AtomicInteger(cpus);
    }

    /// A CPU has left.
    ///
    /// @param rest what is left of it
    void left(AutoCloseable rest) {
        background.execute(() -> {
            Closing closing = new Closing();
            closing.add(rest);
            closing.close();
            if (cpus.decrementAndGet() == 0) {
                slots.close();
                memory.closeInParts();
            }
        });
    }
}
