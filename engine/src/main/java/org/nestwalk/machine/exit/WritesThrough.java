package org.nestwalk.machine.exit;

import java.util.TreeMap;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.SubPageTable;

/// What one claim lets be written where it withholds writing.
final class WritesThrough {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final PageSet flags = new PageSet();
    private final TreeMap<Long, Integer> parts = new TreeMap<>();

    void allowFlags(long gpa, long bytes) {
        flags.add(gpa, bytes);
    }

    void allowParts(long gpa, int some) {
        parts.put(gpa, some);
    }

    /// Whether there is anything on pages of a range.
    boolean any(long gpa, long bytes) {
        return !flags.isEmpty() && flags.count(gpa, bytes) != 0
                || !parts.subMap(gpa, gpa + bytes).isEmpty();
    }

    void addTo(PageSet pages, long gpa, long bytes) {
        if (any(gpa, bytes)) {
            parts.subMap(gpa, gpa + bytes).keySet().forEach(page -> pages.add(page, PAGE));
            flags.forEach(page -> {
                if (page >= gpa && page < gpa + bytes) {
                    pages.add(page, PAGE);
                }
            });
        }
    }

    /// Lets nothing through any more. Returns whether there was anything.
    boolean remove(long gpa, long bytes) {
        boolean some = any(gpa, bytes);
        if (some) {
            flags.remove(gpa, bytes);
            parts.subMap(gpa, gpa + bytes).clear();
        }
        return some;
    }

    boolean flags(long gpa) {
        return flags.contains(gpa);
    }

    int parts(long gpa) {
        return parts.getOrDefault(gpa & -PAGE, 0);
    }

    /// Whether a write of flags, or of data, is let through.
    boolean allows(long gpa, boolean table) {
        return table
                ? flags(gpa)
                : (parts(gpa) >>> (int) (gpa & PAGE - 1) / SubPageTable.BYTES & 1) != 0;
    }
}
