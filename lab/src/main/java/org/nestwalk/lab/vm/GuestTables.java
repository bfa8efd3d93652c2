package org.nestwalk.lab.vm;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// Page tables that a guest made before the experiment begins: written as the hypervisor writes
/// guest memory, at no cost and without an exit.
public final class GuestTables implements PhysicalMemory, TableFrames {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final GuestMemory memory;
    private long next;
    private long rewrites;

    /// Tables from guest-physical address `first` on.
    public GuestTables(GuestMemory memory, long first) {
        this.memory = memory;
        this.next = first;
    }

    /// Maps `bytes` from linear address `gva` to guest-physical address `gpa`, and returns the
    /// root.
    public long map(long gva, long gpa, long bytes, PageSize size) {
        PageTable table = new PageTable(this, this, TableFormat.X86, 4);
        for (long offset = 0; offset < bytes; offset += size.bytes()) {
            table.map(gva + offset, gpa + offset, size);
        }
        return table.root();
    }

    /// The first address that no table has.
    public long end() {
        return next;
    }

    @Override
    public long allocate() {
        long page = next;
        next += PAGE;
        return page;
    }

    /// Tables are written by guest-physical address.
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
        rewrites++;
        memory.write(address, value);
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        write(address, memory.read(address) | value);
    }

    @Override
    public long rewrites() {
        return rewrites;
    }

    @Override
    public long changes() {
        return rewrites;
    }
}
