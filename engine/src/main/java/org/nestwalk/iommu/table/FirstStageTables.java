package org.nestwalk.iommu.table;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// The first stage of a PASID, as software makes it: x86-64 paging with 4 levels. No cache hears of
/// a change. Empty tables stay until all is released.
public final class FirstStageTables {
    private final PageTable table;

    /// An empty first stage.
    ///
    /// @param memory that it is in, by the addresses of `frames`
    public FirstStageTables(PhysicalMemory memory, TableFrames frames) {
        this.table = new PageTable(memory, frames, TableFormat.X86, 4);
    }

    /// The address of the root.
    public long root() {
        return table.root();
    }

    /// Maps the 4-KiB page at `address` to that at `target`.
    ///
    /// @throws InputException if it is mapped
    public void map(long address, long target) {
        if (table.lookup(address) != -1) {
            throw new InputException(
                    "0x%x is mapped already, to 0x%x; unmap it first"
                            .formatted(address, table.lookup(address)));
        }
        if (table.leafLevel(address) == 0) {
            table.map(address, target, PageSize.SIZE_4K);
        }
    }

    /// Unmaps the page at `address`.
    ///
    /// @throws InputException if it is not mapped
    public void unmap(long address) {
        if (table.lookup(address) == -1) {
            throw new InputException("nothing is mapped at 0x%x to be unmapped".formatted(address));
        }
        table.setEntry(address, 1, 0);
    }

    /// Where `address` is mapped to, or -1.
    public long lookup(long address) {
        return table.lookup(address);
    }
}
