package org.nestwalk.iommu.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.TableFrames;

/// Root, context and PASID tables, as software makes them. No cache hears of a change.
public final class RemappingTables {
    /// PDTS of all directories: 128 entries, for PASIDs up to 8191.
    private static final int DIRECTORY_SIZE = 0;

    private final PhysicalMemory memory;
    private final TableFrames frames;
    private final boolean scalable;
    private final long root;
    private final List<Long> pages = new ArrayList<>();
    private final Map<Integer, Long> directories = new HashMap<>();

    /// Tables in which no device is.
    ///
    /// @param memory through which entries are written
    public RemappingTables(PhysicalMemory memory, TableFrames frames, boolean scalable) {
        this.memory = memory;
        this.frames = frames;
        this.scalable = scalable;
        this.root = newPage();
    }

    /// What the unit's root register takes.
    public long rootRegister() {
        return root | (scalable ? RootEntry.SCALABLE : 0);
    }

    /// Whether tables are those of scalable mode.
    public boolean isScalable() {
        return scalable;
    }

    /// Has requests of `source` without a PASID go through a domain's second stage.
    ///
    /// @param deviceTlb whether the device may have a TLB
    /// @param accessedDirty whether the second stage has flags; in scalable mode only
    public void attach(
            int source, int domain, DomainTables second, boolean deviceTlb, boolean accessedDirty) {
        if (scalable) {
            attach(
                    source,
                    0,
                    domain,
                    PasidEntry.low(
                            second.root(), second.levels(), PasidEntry.SECOND, accessedDirty),
                    0,
                    deviceTlb);
        } else {
            legacy(
                    source,
                    ContextEntry.legacyLow(
                            second.root(),
                            deviceTlb ? ContextEntry.DEVICE_TLB : ContextEntry.UNTRANSLATED),
                    ContextEntry.legacyHigh(domain, second.levels()));
        }
    }

    /// Has requests of `source` without a PASID not be translated.
    public void passThrough(int source, int domain) {
        if (scalable) {
            attach(
                    source,
                    0,
                    domain,
                    PasidEntry.low(0, 4, PasidEntry.PASS_THROUGH, false),
                    0,
                    false);
        } else {
            legacy(
                    source,
                    ContextEntry.legacyLow(0, ContextEntry.PASS_THROUGH),
                    ContextEntry.legacyHigh(domain, 4));
        }
    }

    /// Has requests of `source` with `pasid` go as `low` and `first`, words 0 and 2 of its
    /// [PasidEntry], say; those with PASID 0 are those without.
    public void attach(int source, int pasid, int domain, long low, long first, boolean deviceTlb) {
        long directory = directories.computeIfAbsent(source, _ -> newPage());
        long context = contextAt(source);
        long rights =
                ContextEntry.SCALABLE_PASIDS
                        | (deviceTlb
                                ? ContextEntry.SCALABLE_DEVICE_TLB
                                        | ContextEntry.SCALABLE_PAGE_REQUESTS
                                : 0);
        long slot = directory + 8L * (pasid / PasidEntry.ENTRIES);
        if ((memory.read(slot) & PasidEntry.PRESENT) == 0) {
            memory.write(slot, newPage() | PasidEntry.PRESENT);
        }
        long entry =
                PasidEntry.address(memory.read(slot))
                        + (long) (pasid % PasidEntry.ENTRIES) * PasidEntry.BYTES;
        memory.write(entry + 8, domain);
        memory.write(entry + 16, first);
        memory.write(entry, low);
        memory.write(context + 8, 0);
        memory.write(context, ContextEntry.scalable(directory, DIRECTORY_SIZE, rights));
    }

    /// Has all requests of `source` be refused.
    public void detach(int source) {
        long context = contextAt(source);
        memory.write(context, 0);
        memory.write(context + 8, 0);
    }

    /// The address of the context entry of `source`; its table is made if there is none.
    public long contextAt(int source) {
        boolean upper = scalable && (source & 0x80) != 0;
        long slot = root + (long) (source >>> 8) * RootEntry.BYTES + (upper ? 8 : 0);
        if ((memory.read(slot) & RootEntry.PRESENT) == 0) {
            memory.write(slot, RootEntry.of(newPage()));
        }
        long table = RootEntry.table(memory.read(slot));
        return scalable
                ? table + (long) (source & 0x7f) * ContextEntry.SCALABLE_BYTES
                : table + (long) (source & 0xff) * ContextEntry.LEGACY_BYTES;
    }

    private void legacy(int source, long low, long high) {
        long context = contextAt(source);
        memory.write(context + 8, high);
        memory.write(context, low);
    }

    private long newPage() {
        long page = frames.allocate();
        pages.add(page);
        return page;
    }

    /// Gives all back. No unit uses them any more.
    public void release() {
        for (long page : pages) {
            for (long at = page; at < page + 4096; at += Long.BYTES) {
                if (memory.read(at) != 0) {
                    memory.write(at, 0);
                }
            }
            frames.free(page);
        }
        pages.clear();
    }
}
