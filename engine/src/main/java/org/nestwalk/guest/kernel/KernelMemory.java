package org.nestwalk.guest.kernel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.memory.PhysicalMemory;

/// Guest-physical memory as the kernel reads and writes it: through the CPU that is in it, so that
/// tables go through the second level like everything else.
///
/// What is read and written here is table entries. Under encryption all of a guest's pages are
/// private: present entries have the encryption bit in memory, and nowhere else in the kernel.
public final class KernelMemory implements PhysicalMemory {
    private @Nullable KernelCpu cpu;

    /// Memory that no CPU is in the kernel of yet.
    public KernelMemory() {}

    /// `cpu` has entered the kernel; all others are out of it.
    public void enter(KernelCpu entered) {
        cpu = entered;
    }

    /// The CPU that is in the kernel.
    public KernelCpu cpu() {
        if (cpu == null) {
            throw new IllegalStateException("no CPU has entered the kernel yet");
        }
        return cpu;
    }

    @Override
    public long read(long gpa) {
        return cpu().load(gpa) & ~cpu().encryptionBit();
    }

    @Override
    public void write(long gpa, long value) {
        cpu().store(gpa, asStored(value));
    }

    @Override
    public void setFlags(long gpa, long value, boolean firstUse) {
        cpu().store(gpa, asStored(value));
    }

    private long asStored(long entry) {
        return PagingEntry.isPresent(entry) ? entry | cpu().encryptionBit() : entry;
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
