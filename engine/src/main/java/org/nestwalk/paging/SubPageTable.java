package org.nestwalk.paging;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;

/// Which parts of 128 bytes of a 4-KiB page may be written although its EPT entry says that the
/// page may not: Intel's sub-page write permissions. A radix table of four levels, by
/// guest-physical address, whose last entries say it of the 32 parts of a page:
///
/// ```text
///  63 62 61 60       5  4  3  2  1  0
/// +--+--+--+--  ...  --+--+--+--+--+--+
/// |0 |31|0 |30       2 |0 |1 |0 |0    |    even bit 2n: part n may be written
/// +--+--+--+--  ...  --+--+--+--+--+--+
/// ```
///
/// Entries above hold the address of a table and bit 0, valid. It is looked up for a write that EPT
/// refuses at a level-1 entry with bit 61; where it has no entry nothing may be written.
/// (Processors exit then for a reason of its own, so that software fills it.) Nothing of it is
/// cached: each such write walks.
///
/// Source: Intel SDM volume 3C, section 28.3.4; "Enable Sub-Page Write Protection Support" (patches
/// for Linux's KVM, 2019).
public final class SubPageTable {
    /// Bytes of a part.
    public static final int BYTES = 128;

    private static final int LEVELS = 4;
    private static final long VALID = 1;

    private final PhysicalMemory memory;
    private final TableFrames frames;
    private final long root;

    /// An empty table.
    public SubPageTable(PhysicalMemory memory, TableFrames frames) {
        this.memory = memory;
        this.frames = frames;
        this.root = frames.allocate();
    }

    /// Its root: the sub-page-permission-table pointer.
    public long root() {
        return root;
    }

    /// Lets the parts of the page at `gpa` be written that have a bit in `parts`, and no others.
    public void set(long gpa, int parts) {
        long table = root;
        for (int level = LEVELS; level > 1; level--) {
            long slot = slot(table, gpa, level);
            long entry = memory.read(slot);
            if ((entry & VALID) == 0) {
                entry = frames.allocate() | VALID;
                memory.write(slot, entry);
            }
            table = entry & PagingEntry.ADDRESS;
        }
        long spread = 0;
        for (int part = 0; part < Integer.SIZE; part++) {
            spread |= (long) (parts >>> part & 1) << 2 * part;
        }
        memory.write(slot(table, gpa, 1), spread);
    }

    /// Whether the table at `root` lets the part of `gpa` be written.
    ///
    /// @param walker tells its visitor of each reference
    static boolean allows(long root, long gpa, Walker walker) {
        long table = root;
        for (int level = LEVELS; level > 1; level--) {
            long entry = walker.readSecond(level, slot(table, gpa, level));
            if ((entry & VALID) == 0) {
                return false;
            }
            table = entry & PagingEntry.ADDRESS;
        }
        int part = (int) (gpa & 0xfff) / BYTES;
        return (walker.readSecond(1, slot(table, gpa, 1)) >>> 2 * part & 1) != 0;
    }

    private static long slot(long table, long gpa, int level) {
        return table + 8L * LinearAddress.index(gpa, level);
    }

    /// Gives all of its pages back.
    public void release() {
        release(root, LEVELS);
    }

    private void release(long table, int level) {
        for (int i = 0; i < PageTable.ENTRIES; i++) {
            long entry = memory.read(table + 8L * i);
            if (level > 1 && (entry & VALID) != 0) {
                release(entry & PagingEntry.ADDRESS, level - 1);
            }
            if (entry != 0) {
                memory.write(table + 8L * i, 0);
            }
        }
        frames.free(table);
    }
}
