package org.nestwalk.iommu;

import org.nestwalk.memory.PhysicalMemory;

/// Memory as a unit reads it: beyond its end there is nothing to read, and the attempt is noted.
final class BoundedMemory implements PhysicalMemory {
    private final PhysicalMemory memory;
    private final long end;
    private boolean failed;

    BoundedMemory(PhysicalMemory memory, long end) {
        this.memory = memory;
        this.end = end;
    }

    /// Whether an attempt has failed since this was asked last.
    boolean hasFailed() {
        boolean result = failed;
        failed = false;
        return result;
    }

    @Override
    public long read(long address) {
        if (Long.compareUnsigned(address, end) >= 0) {
            failed = true;
            return 0;
        }
        return memory.read(address);
    }

    @Override
    public void write(long address, long value) {
        memory.write(address, value);
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        memory.setFlags(address, value, firstUse);
    }

    @Override
    public long rewrites() {
        return memory.rewrites();
    }

    @Override
    public long changes() {
        return memory.changes();
    }
}
