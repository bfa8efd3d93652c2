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

    /// Rights withheld from a page, by its number, whether it is backed or not.
    private final Map<Long, Integer> allowed = new HashMap<>();

    /// Pages that were written or unmapped since the last harvest, by number.
    private final Set<Long> changed = new TreeSet<>();

    static final class Page {
        int level = SMALL;
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

    /// @param byGuest whether a processor writes, which sets the dirty flag of the mapping, or
    ///   software outside
    void write(long gpa, long value, boolean byGuest) {
        page(gpa).words.put(gpa, value);
        if (byGuest) {
            markDirty(gpa);
        } else {
            changed.add(gpa / PAGE);
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

    int rights(long gpa) {
        return allowed.getOrDefault(gpa / PAGE, SecondLevelMap.ALL);
    }

    boolean populate(long gpa, int level) {
        if (level == SMALL) {
            return pages.putIfAbsent(gpa / PAGE, new Page()) == null;
        }
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            if (pages.containsKey(page) || rights(page * PAGE) != rights(first(gpa) * PAGE)) {
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
            if (pages.remove(page) != null) {
                changed.add(page);
            }
        }
    }

    void protect(long gpa, long bytes, int rights) {
        for (long page = gpa / PAGE; page < (gpa + bytes) / PAGE; page++) {
            allowed.put(page, rights);
        }
        splitIfMixed(gpa);
        splitIfMixed(gpa + bytes - PAGE);
    }

    private void splitIfMixed(long gpa) {
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            if (rights(page * PAGE) != rights(first(gpa) * PAGE)) {
                split(gpa);
            }
        }
    }

    /// The number of pages copied, or -1 if the range cannot be one page.
    int canCollapse(long gpa) {
        int count = 0;
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            Page at = pages.get(page);
            if (rights(page * PAGE) != rights(first(gpa) * PAGE)
                    || (at != null && at.level == LARGE)) {
                return -1;
            }
            count += at == null ? 0 : 1;
        }
        return count == 0 ? -1 : count;
    }

    void collapse(long gpa) {
        boolean dirty = false;
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            Page at = pages.get(page);
            if (at != null) {
                dirty |= at.dirty;
            }
        }
        for (long page = first(gpa); page < first(gpa) + PAGES; page++) {
            Page at = pages.computeIfAbsent(page, number -> new Page());
            at.level = LARGE;
            at.dirty = dirty;
        }
    }

    /// The addresses of the pages from `from` on that were written, as large as their mapping, or
    /// unmapped, since the last time.
    Set<Long> harvest(long from) {
        Set<Long> found = new TreeSet<>();
        changed.forEach(page -> found.add(page * PAGE));
        pages.forEach((page, at) -> {
            if (at.dirty) {
                found.add(page * PAGE);
                at.dirty = false;
            }
        });
        changed.clear();
        found.removeIf(gpa -> gpa < from);
        return found;
    }

    private static long first(long gpa) {
        return gpa / PAGE / PAGES * PAGES;
    }
}
