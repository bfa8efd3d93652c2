package org.nestwalk.guest.kernel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.memory.PhysicalMemory;

/// Guest-physical memory as the kernel reads and writes it: through the CPU that is in it, so that
/// tables go through the second level like everything else.
final class KernelMemory implements PhysicalMemory {
    private @Nullable KernelCpu cpu;

    /// `cpu` has entered the kernel; all others are out of it.
    void enter(KernelCpu entered) {
        cpu = entered;
    }

    /// The CPU that is in the kernel.
    KernelCpu cpu() {
        if (cpu == null) {
            throw new IllegalStateException("no CPU has entered the kernel yet");
        }
        return cpu;
    }

    @Override
    public long read(long gpa) {
        return cpu().load(gpa);
    }

    @Override
    public void write(long gpa, long value) {
        cpu().store(gpa, value);
    }

    @Override
    public void setFlags(long gpa, long value, boolean firstUse) {
        cpu().store(gpa, value);
    }

    /// Unknown: nobody walks through this view.
    @Override
    public long rewrites() {
        throw new UnsupportedOperationException("nobody walks through a kernel's view");
    }

    /// Unknown: nobody walks through this view.
    @Override
    public long changes() {
        throw new UnsupportedOperationException("nobody walks through a kernel's view");
    }
}
