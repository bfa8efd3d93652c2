package org.nestwalk.paging;

import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PagingEntry;

/// How a [PageTable] writes its entries. All permissions are granted. Which flags leaf entries have
/// from the start is up to the software that maps: Linux maps a page that is being accessed with
/// the accessed flag, and one that is being written with the dirty flag too; later changes are the
/// walker's.
public enum TableFormat {
    /// x86-64 paging: guest tables and native tables. User pages.
    X86(
            PagingEntry.PRESENT | PagingEntry.WRITE | PagingEntry.USER,
            PagingEntry.PRESENT,
            0,
            PagingEntry.LARGE,
            PagingEntry.ACCESSED,
            PagingEntry.DIRTY),

    /// AMD nested tables: as [#X86], with leaf entries that are [held][#HELD].
    NPT(
            PagingEntry.PRESENT | PagingEntry.WRITE | PagingEntry.USER,
            PagingEntry.PRESENT | TableFormat.HELD,
            0,
            PagingEntry.LARGE,
            PagingEntry.ACCESSED,
            PagingEntry.DIRTY),

    /// Intel EPT: read, write and execute; write-back. Leaf entries can be [held][#HELD].
    EPT(
            EptEntry.READ | EptEntry.WRITE | EptEntry.EXECUTE,
            EptEntry.READ | EptEntry.WRITE | EptEntry.EXECUTE | TableFormat.HELD,
            EptEntry.ofMemoryType(MemoryType.WB),
            EptEntry.LARGE,
            EptEntry.ACCESSED,
            EptEntry.DIRTY);

    /// Software's mark in a second-level leaf entry that gives no right at all: not present for the
    /// processor, which ignores all other bits then (Intel SDM volume 3C, section 28.3.2; AMD APM
    /// volume 2, section 5.3.4), but it still says which page is mapped.
    public static final long HELD = 1L << 52;

    private final long permissions;
    private final long presentBits;
    private final long leafBits;
    private final long largeBit;
    private final long accessed;
    private final long dirty;
    private final long tableFlags;

    TableFormat(
            long permissions,
            long presentBits,
            long leafBits,
            long largeBit,
            long accessed,
            long dirty) {
        this.permissions = permissions;
        this.presentBits = presentBits;
        this.leafBits = leafBits;
        this.largeBit = largeBit;
        this.accessed = accessed;
        this.dirty = dirty;
        this.tableFlags =
                (presentBits & ~HELD) == PagingEntry.PRESENT ? accessed | dirty : accessed;
    }

    /// The entry that points to the table at `address`.
    public long table(long address) {
        return address | permissions;
    }

    /// The entry at `level` (1 to 3) that maps the page at `address`.
    public long leaf(long address, int level) {
        return address | permissions | leafBits | (level == 1 ? 0 : largeBit);
    }

    /// What an entry that points to a table has from the start if software sets flags itself: in
    /// [#X86] and [#NPT], both (Linux's `_PAGE_TABLE` and `_KERNPG_TABLE`; no processor looks at
    /// the dirty flag there); in [#EPT], the accessed flag (`make_nonleaf_spte` of KVM).
    long tableFlags() {
        return tableFlags;
    }

    /// Whether `entry` maps something, a page or a table: by P in [#X86] and [#NPT], by any of the
    /// permissions in [#EPT], or because it is [held][#HELD].
    public boolean isPresent(long entry) {
        return (entry & presentBits) != 0;
    }

    /// Whether `entry`, read at `level`, points to a table.
    public boolean isTable(long entry, int level) {
        return isPresent(entry) && !PagingEntry.isLeaf(entry, level);
    }

    /// The accessed flag: the entry has been used by a translation.
    public long accessed() {
        return accessed;
    }

    /// The dirty flag of a leaf entry: the page has been written.
    public long dirty() {
        return dirty;
    }

    /// The leaf entry at `newLevel` that maps the page at `address` with the rights, memory type
    /// and flags of `leaf`, a leaf entry at `level`. Both levels are 1 to 3.
    ///
    /// But in [#EPT], the PAT bit is bit 7 at level 1 and bit 12 above (Intel SDM volume 3A, tables
    /// 4-15 to 4-19).
    long leafLike(long leaf, int level, long address, int newLevel) {
        long kept = leaf & ~PagingEntry.ADDRESS & ~largeBit;
        if (newLevel > 1) {
            kept |= largeBit;
        }
        if (this != EPT && (PagingEntry.patIndex(leaf, level) & 4) != 0) {
            kept |= newLevel == 1 ? PagingEntry.PAT_4K : PagingEntry.PAT_LARGE;
        }
        return kept | address;
    }

    /// The entry that points to the table at `address` and takes away no right that `leaf` gives;
    /// used, if that is.
    long tableFor(long leaf, long address) {
        return table(address) | (leaf & grants()) | ((leaf & accessed) != 0 ? tableFlags : 0);
    }

    /// `leaf` without the rights that `table`, the entry that points to its table, does not give:
    /// what a translation through both is allowed.
    long restrictedBy(long leaf, long table) {
        return restrictedBy(leaf, table, table);
    }

    /// As [#restrictedBy(long,long)], of several entries above.
    ///
    /// @param given all of them, combined by AND
    /// @param denied all of them, combined by OR
    long restrictedBy(long leaf, long given, long denied) {
        return leaf & (given | ~grants()) | denied & denies();
    }

    /// The rights that a translation has if all its entries give them.
    private long grants() {
        return this == EPT ? permissions | EptEntry.USER_EXECUTE : permissions;
    }

    /// What is forbidden to a translation if one of its entries says so.
    private long denies() {
        return this != EPT ? PagingEntry.NO_EXECUTE : 0;
    }
}
