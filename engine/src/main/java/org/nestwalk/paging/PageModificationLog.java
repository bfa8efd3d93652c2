package org.nestwalk.paging;

import org.nestwalk.memory.PhysicalMemory;

/// The page-modification log of a virtual CPU: a 4-KiB page of 512 entries that the processor fills
/// downward with the guest-physical addresses of pages whose EPT dirty flag it sets.
///
/// ```text
///  63 52 51                              12 11             0
/// +-----+----------------------------------+----------------+
/// |  0  | guest-physical address of a page |       0        |
/// +-----+----------------------------------+----------------+
/// ```
///
/// Source: Intel SDM volume 3C, section 28.2.5.
public final class PageModificationLog {
    /// Number of entries.
    public static final int ENTRIES = 512;

    private final PhysicalMemory memory;
    private final long address;
    private int index;
    private boolean on = true;

    /// A log at the host-physical page `address` with a 16-bit `index`, usually 511 at first.
    public PageModificationLog(PhysicalMemory memory, long address, int index) {
        this.memory = memory;
        this.address = address & ~0xfffL;
        this.index = index & 0xffff;
    }

    /// The index of the next entry to write; above 511 when the log is full.
    public int index() {
        return index;
    }

    /// Sets the index, as the hypervisor does after reading the log.
    public void setIndex(int index) {
        this.index = index & 0xffff;
    }

    /// The guest-physical address in entry `index`, 0 to 511.
    public long entry(int index) {
        return memory.read(address + 8L * index);
    }

    /// Turns logging (secondary processor-based control 17) on, as it is at first, or off.
    public void enable(boolean on) {
        this.on = on;
    }

    /// Whether the next flag update must exit first.
    boolean isFull() {
        return on && index >= ENTRIES;
    }

    void append(long gpa) {
        if (!on) {
            return;
        }
        memory.store(address + 8L * index, gpa & ~0xfffL);
        index = index - 1 & 0xffff;
    }
}
