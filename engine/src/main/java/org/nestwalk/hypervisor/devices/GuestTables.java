package org.nestwalk.hypervisor.devices;

import org.nestwalk.InputException;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.TableFrames;

/// Memory and frames for tables that a guest makes: guest-physical ones, taken one after the other.
final class GuestTables implements PhysicalMemory, TableFrames {
    private static final long PAGE = 4096;

    private final GuestMemory memory;
    private final long end;
    private long next;
    private long changes;

    /// @param from first frame
    /// @param bytes for tables
    GuestTables(GuestMemory memory, long from, long bytes) {
        this.memory = memory;
        this.next = from;
        this.end = from + bytes;
    }

    @Override
    public long allocate() {
        if (next == end) {
            throw new InputException(
                    "the guest has no memory left for tables of its IOMMU; give it more");
        }
        next += PAGE;
        return next - PAGE;
    }

    @Override
    public long hostPhysical(long address) {
        return address;
    }

    @Override
    public long read(long address) {
        return memory.read(address);
    }

    @Override
    public void write(long address, long value) {
        changes++;
        memory.write(address, value);
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        write(address, value);
    }

    @Override
    public long rewrites() {
        return changes;
    }

    @Override
    public long changes() {
        return changes;
    }
}
