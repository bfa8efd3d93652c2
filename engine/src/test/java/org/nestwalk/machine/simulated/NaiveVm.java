package org.nestwalk.machine.simulated;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.nestwalk.machine.SecondLevelMap;

/// The obvious twin of a virtual machine's memory: what every guest-physical page holds, how it is
/// mapped, and nothing about frames, tables or caches.
final class NaiveVm {
    static final int SMALL = 1;
    static final int LARGE = 2;
    static final long PAGE = 4096;
    static final int PAGES = 512;

    /// By page number.
    final Map<Long, Page> pages = new HashMap<>();

    static final class Page {
        int level = SMALL;
        int rights = SecondLevelMap.ALL;
        boolean dirty;
        final Map<Long, Long> words = new HashMap<>();
    }

    Page page(long gpa) {
        return numbered(gpa / PAGE);
    }

    private Page numbered(long page) {
        return Objects.requireNonNull(pages.get(page));
    }

    boolean isBacked(long gpa) {
        return pages.containsKey(gpa / PAGE);
    }

    long read(long gpa) {
        return isBacked(gpa) ? page(gpa).words.getOrDefault(gpa, 0L) : 0;
    }

    /// @param byGuest whether a processor writes, which sets the dirty flag of the mapping
    void write(long gpa, long value, boolean byGuest) {
        page(gpa).words.put(gpa, value);
        if (byGuest) {
            markDirty(gpa);
        }
    }

    /// One flag for a large page.
    void markDirty(long gpa) {
        if (page(gpa).level == SMALL) {
            page(gpa).dirty = true;
            return;
        }
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            numbered(page).dirty = true;
        }
    }

    boolean populate(long gpa, int level) {
        if (level == SMALL) {
            return pages.putIfAbsent(gpa / PAGE, new Page()) == null;
        }
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            if (pages.containsKey(page)) {
                return false;
            }
        }
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            pages.put(page, new Page());
            numbered(page).level = LARGE;
        }
        return true;
    }

    void split(long gpa) {
        if (isBacked(gpa) && page(gpa).level == LARGE) {
            for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
                numbered(page).level = SMALL;
            }
        }
    }

    /// Splits what reaches beyond a range of pages.
    private void splitEnds(long from, long to) {
        if (from % PAGES != 0) {
            split(from * PAGE);
        }
        if (to % PAGES != 0) {
            split((to - 1) * PAGE);
        }
    }

    void unmap(long gpa, long bytes) {
        splitEnds(gpa / PAGE, (gpa + bytes) / PAGE);
        for (long page = gpa / PAGE; page < (gpa + bytes) / PAGE; page++) {
            pages.remove(page);
        }
    }

    void protect(long gpa, long bytes, int rights) {
        splitEnds(gpa / PAGE, (gpa + bytes) / PAGE);
        for (long page = gpa / PAGE; page < (gpa + bytes) / PAGE; page++) {
            if (pages.containsKey(page)) {
                numbered(page).rights = rights;
            }
        }
    }

    /// The number of pages copied, or -1 if the range cannot be one page.
    int canCollapse(long gpa) {
        int count = 0;
        int rights = 0;
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            Page at = pages.get(page);
            if (at == null) {
                continue;
            }
            if (at.level == LARGE || (rights != 0 && rights != at.rights)) {
                return -1;
            }
            rights = at.rights;
            count++;
        }
        return count == 0 ? -1 : count;
    }

    void collapse(long gpa) {
        boolean dirty = false;
        int rights = 0;
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            Page at = pages.get(page);
            if (at != null) {
                dirty |= at.dirty;
                rights = at.rights;
            }
        }
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            Page at = pages.computeIfAbsent(page, number -> new Page());
            at.level = LARGE;
            at.dirty = dirty;
            at.rights = rights;
        }
    }

    /// The first addresses of dirty mappings in a range, whose flags are cleared.
    Set<Long> harvest(long gpa, long bytes) {
        Set<Long> found = new TreeSet<>();
        for (long page = gpa / PAGE; page < (gpa + bytes) / PAGE; page++) {
            Page at = pages.get(page);
            if (at != null && at.dirty) {
                found.add((at.level == LARGE ? page / PAGES * PAGES : page) * PAGE);
            }
        }
        for (long address : found) {
            boolean large = page(address).level == LARGE;
            for (long i = 0; i < (large ? PAGES : 1); i++) {
                numbered(address / PAGE + i).dirty = false;
            }
        }
        return found;
    }

    private static long first(long gpa) {
        return gpa / PAGE / PAGES * PAGES;
    }
}
