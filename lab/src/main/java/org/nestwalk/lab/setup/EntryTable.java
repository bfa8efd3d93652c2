package org.nestwalk.lab.setup;

import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.TableFormat;

/// A table that is no radix tree: it finds the entry of a 4-KiB page by the page's number alone.
/// Entries have the format of x86.
abstract class EntryTable {
    /// An address that no entry has.
    static final long NONE = -1;

    /// The memory that the table is in.
    final PhysicalMemory memory;

    /// Where it is.
    final Space space;

    private final Reader software =
            new Reader() {
                @Override
                public long locate(long address) {
                    return space.hostPhysical(address);
                }

                @Override
                public long read(long hpa) {
                    return memory.read(hpa);
                }

                @Override
                public void together(boolean begins) {}
            };

    EntryTable(Space space, PhysicalMemory memory) {
        this.space = space;
        this.memory = memory;
    }

    /// Where a table is.
    interface Space {
        /// Takes `bytes`, a multiple of 4 KiB, that follow each other.
        long take(long bytes);

        /// The host-physical address of one that was taken.
        long hostPhysical(long address);
    }

    /// How a walk reaches a table's entries.
    interface Reader {
        /// The host-physical address of the entry at `address`, with the references that finding it
        /// takes.
        long locate(long address);

        /// Makes the reference to the entry at host-physical `hpa` and returns it.
        long read(long hpa);

        /// References follow that are made at once, or have been.
        void together(boolean begins);
    }

    /// The host-physical address of `page`'s entry, with the references that finding it takes, that
    /// to the entry itself among them; or [#NONE].
    abstract long walk(long page, Reader reader);

    /// The host-physical address of `page`'s entry, as software knows it, or [#NONE].
    final long find(long page) {
        return walk(page, software);
    }

    /// Adds an entry for `page`, which has none.
    abstract void add(long page, long entry);

    /// Bytes that it takes.
    abstract long bytes();

    /// An entry that maps a page to `frame`, which user mode may use for everything.
    static long entry(long frame, long flags) {
        return TableFormat.X86.leaf(frame, 1) | flags;
    }

    /// The frame that `entry` maps.
    static long frame(long entry) {
        return entry & PagingEntry.ADDRESS;
    }
}
