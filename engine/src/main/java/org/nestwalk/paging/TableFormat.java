package org.nestwalk.paging;

import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PagingEntry;

/// How a [PageTable] writes its entries. All permissions are granted and no accessed or dirty flag
/// is set: the walker sets those as the tables are used.
public enum TableFormat {
    /// x86-64 paging: guest tables, native tables, and AMD nested tables. User pages.
    X86(PagingEntry.PRESENT | PagingEntry.WRITE | PagingEntry.USER, 0, PagingEntry.LARGE),

    /// Intel EPT: read, write and execute; write-back.
    EPT(
            EptEntry.READ | EptEntry.WRITE | EptEntry.EXECUTE,
            EptEntry.ofMemoryType(MemoryType.WB),
            EptEntry.LARGE);

    private final long permissions;
    private final long leafBits;
    private final long largeBit;

    TableFormat(long permissions, long leafBits, long largeBit) {
        this.permissions = permissions;
        this.leafBits = leafBits;
        this.largeBit = largeBit;
    }

    /// The entry that points to the table at `address`.
    public long table(long address) {
        return address | permissions;
    }

    /// The entry at `level` (1 to 3) that maps the page at `address`.
    public long leaf(long address, int level) {
        return address | permissions | leafBits | (level == 1 ? 0 : largeBit);
    }

    /// Whether `entry` maps something.
    public boolean isPresent(long entry) {
        return (entry & permissions) != 0;
    }
}
