package org.nestwalk.machine.simulated;

import java.util.function.Function;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// Frozen memory: that of a virtual machine without CPUs, which nobody writes to.
final class SimulatedFrozenMemory implements FrozenMemory {
    private final SimulatedVm frozen;
    private final Function<String, VirtualMachine> fork;

    /// @param frozen which inherits from the one that was frozen
    /// @param fork makes a virtual machine that inherits from `frozen`
    SimulatedFrozenMemory(SimulatedVm frozen, Function<String, VirtualMachine> fork) {
        this.frozen = frozen;
        this.fork = fork;
    }

    @Override
    public long bytes() {
        return frozen.settings().memoryBytes();
    }

    @Override
    public long read(long gpa) {
        return frozen.exclusively(() -> frozen.memory().read(gpa));
    }

    @Override
    public void readPage(long gpa, long[] words) {
        frozen.exclusively(() -> frozen.memory().readPage(gpa, words));
    }

    @Override
    public void pages(PageSet into) {
        frozen.exclusively(() -> frozen.tables().inherited().addAllTo(into));
    }

    @Override
    public VirtualMachine fork(String name) {
        if (frozen.isClosed()) {
            throw new IllegalStateException("the frozen memory was closed");
        }
        return frozen.exclusively(() -> fork.apply(name));
    }

    @Override
    public void close() {
        frozen.close();
    }
}
