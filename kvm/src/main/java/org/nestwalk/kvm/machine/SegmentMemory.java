package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;
import org.nestwalk.memory.PhysicalMemory;

/// Native memory as the physical memory from `base` on.
///
/// @param segment the memory, wherever it is mapped now
/// @param base the physical address of its first byte
public record SegmentMemory(Supplier<MemorySegment> segment, long base) implements PhysicalMemory {
    @Override
    public long read(long address) {
        return segment.get().get(ValueLayout.JAVA_LONG, address - base);
    }

    @Override
    public void write(long address, long value) {
        segment.get().set(ValueLayout.JAVA_LONG, address - base, value);
    }

    /// Does nothing: whoever walks here only looks.
    @Override
    public void setFlags(long address, long value, boolean firstUse) {}

    /// Always 0: nothing that is derived from it is kept.
    @Override
    public long rewrites() {
        return 0;
    }

    /// Always 0.
    @Override
    public long changes() {
        return 0;
    }
}
