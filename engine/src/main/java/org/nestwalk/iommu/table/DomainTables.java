package org.nestwalk.iommu.table;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PageTableScan;
import org.nestwalk.paging.SecondStageTables;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// The second stage of a domain, as software makes it: entries are those of EPT, with SNP where it
/// is asked for. No cache hears of a change. Tables that are empty are given back by
/// [#releaseTables], when no unit can have them cached any more.
public final class DomainTables {
    /// The addresses from here up to [#INTERRUPTS_END] are interrupts, and no memory (VT-d
    /// specification, section 3.15).
    public static final long INTERRUPTS = 0xfee0_0000L;

    /// The first address behind [#INTERRUPTS].
    public static final long INTERRUPTS_END = 0xfef0_0000L;

    private final PageTable table;
    private final int width;
    private final boolean snoop;
    private final List<Long> retired = new ArrayList<>();
    private final TableFrames frames;

    /// An empty second stage.
    ///
    /// @param memory through which entries are written
    /// @param levels 4 or 5
    /// @param snoop whether accesses snoop caches whatever devices say
    public DomainTables(PhysicalMemory memory, TableFrames frames, int levels, boolean snoop) {
        this.frames = frames;
        this.width = 3 + 9 * (levels + 1);
        this.snoop = snoop;
        this.table =
                new PageTable(
                        memory,
                        new TableFrames() {
                            @Override
                            public long allocate() {
                                return frames.allocate();
                            }

                            @Override
                            public long hostPhysical(long address) {
                                return frames.hostPhysical(address);
                            }

                            @Override
                            public void free(long address) {
                                retired.add(address);
                            }
                        },
                        TableFormat.EPT,
                        levels);
    }

    /// The address of the root.
    public long root() {
        return table.root();
    }

    /// 4 or 5.
    public int levels() {
        return table.levels();
    }

    /// Maps the page of `size` at `address` to the block at `target`.
    ///
    /// @param writable whether it may be written, not only read
    /// @throws InputException if part of it is mapped, not aligned, an interrupt, or beyond the
    ///   width
    public void map(long address, long target, PageSize size, boolean writable) {
        require(
                ((address | target) & size.offsetMask()) == 0,
                "0x%x and 0x%x are not both multiples of %s",
                address,
                target,
                size.label());
        require(
                address >= 0 && address <= (1L << width) - size.bytes(),
                "0x%x is beyond the %d bits that the domain translates",
                address,
                width);
        require(
                address >= INTERRUPTS_END || address + size.bytes() <= INTERRUPTS,
                "0x%x is among the addresses of interrupts, 0x%x to 0x%x",
                address,
                INTERRUPTS,
                INTERRUPTS_END - 1);
        require(
                table.isFree(address, size),
                "0x%x is mapped already, to 0x%x; unmap it first",
                address,
                table.lookup(address));
        table.map(address, target, size);
        if (snoop) {
            table.protect(address, 0, SecondStageTables.SNOOP);
        }
        if (!writable) {
            table.protect(address, EptEntry.WRITE, 0);
        }
    }

    /// Unmaps the page around `address`. Returns its entry.
    ///
    /// @throws InputException if there is none
    public long unmap(long address) {
        require(table.lookup(address) != -1, "nothing is mapped at 0x%x to be unmapped", address);
        return table.unmap(address);
    }

    /// Maps the page around `address` to the block at `target` instead.
    ///
    /// @throws InputException if nothing is mapped there
    public void remap(long address, long target) {
        require(table.lookup(address) != -1, "nothing is mapped at 0x%x to be moved", address);
        int level = table.leafLevel(address);
        long page = address & ~PageSize.ofLevel(level).offsetMask();
        table.setEntry(page, level, table.entry(page) ^ table.lookup(page) ^ target);
    }

    /// Gives or takes the right to write to the page around `address`.
    public void allowWriting(long address, boolean allowed) {
        table.protect(address, allowed ? 0 : EptEntry.WRITE, allowed ? EptEntry.WRITE : 0);
    }

    /// Where `address` is mapped to, or -1.
    public long lookup(long address) {
        return table.lookup(address);
    }

    /// The size of the page around `address`; 4 KiB if there is none.
    public PageSize size(long address) {
        return PageSize.ofLevel(Math.max(1, table.leafLevel(address)));
    }

    /// Shows `visitor` all pages.
    public void forEachPage(PageTableScan.LeafVisitor visitor) {
        PageTableScan.forEachLeaf(table, visitor);
    }

    /// Gives `found` the pages whose dirty flag is set.
    ///
    /// @param clear whether the flags are cleared; the IOTLB is to forget them then
    /// @return how many entries were looked at
    public long dirty(boolean clear, PageConsumer found) {
        List<long[]> pages = new ArrayList<>();
        PageTableScan.forEachLeaf(
                table, (address, level, entry) -> pages.add(new long[] {address, level, entry}));
        for (long[] page : pages) {
            if ((page[2] & EptEntry.DIRTY) != 0) {
                PageSize size = PageSize.ofLevel((int) page[1]);
                found.page(page[0], size);
                if (clear) {
                    table.setEntry(page[0], size.level(), page[2] & ~EptEntry.DIRTY);
                }
            }
        }
        return pages.size();
    }

    /// Receives pages.
    @FunctionalInterface
    public interface PageConsumer {
        /// A page.
        void page(long address, PageSize size);
    }

    /// Gives back the tables that are empty. No unit has them cached.
    public void releaseTables() {
        retired.forEach(frames::free);
        retired.clear();
    }

    /// Tables that are empty, and have not been given back.
    public int retiredTables() {
        return retired.size();
    }

    /// Unmaps everything and gives back all tables. No unit uses them any more.
    public void release() {
        table.release();
        releaseTables();
    }

    private static void require(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new InputException(message.formatted(values));
        }
    }
}
