package org.nestwalk.lab.setup;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;

/// Leaf entries in arrays, one for each stretch of addresses, so that an entry is found by adding:
/// the translation entry areas of direct memory translation (Zhang et al., "Direct memory
/// translation for virtualized clouds", ASPLOS 2024), each of 1 GiB of addresses. Its registers are
/// assumed to know all of them.
final class DirectTable extends EntryTable {
    private static final int AREA_PAGES_SHIFT = 18;
    private static final long AREA_PAGES = 1L << AREA_PAGES_SHIFT;

    private final Map<Long, Long> areas = new HashMap<>();
    private long lastArea = NONE;
    private long lastBase;

    DirectTable(Space space, PhysicalMemory memory) {
        super(space, memory);
    }

    private long slot(long page) {
        long area = page >>> AREA_PAGES_SHIFT;
        if (area != lastArea) {
            lastBase = areas.computeIfAbsent(area, _ -> space.take(AREA_PAGES * Long.BYTES));
            lastArea = area;
        }
        return lastBase + Long.BYTES * (page & AREA_PAGES - 1);
    }

    @Override
    long walk(long page, Reader reader) {
        long hpa = reader.locate(slot(page));
        return (reader.read(hpa) & PagingEntry.PRESENT) == 0 ? NONE : hpa;
    }

    @Override
    void add(long page, long entry) {
        memory.write(space.hostPhysical(slot(page)), entry);
    }

    @Override
    long bytes() {
        return areas.size() * AREA_PAGES * Long.BYTES;
    }
}
