package org.nestwalk.report.walk;

import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkCache;
import org.nestwalk.lab.explain.WalkMode;

/// What entries of paging structures, and the caches that keep them, are called (Intel SDM volume
/// 3A, section 4.5).
final class EntryNames {
    private static final String[] LEVELS = {"", "PTE", "PDE", "PDPTE", "PML4E", "PML5E"};

    private EntryNames() {}

    /// The entry at `level`, 1 to 5, whatever the table.
    static String ofLevel(int level) {
        return LEVELS[level];
    }

    /// An entry with its table: `guest PTE`, `EPT PDE`, `shadow PTE`.
    static String of(TableEntry entry, WalkMode mode) {
        if (entry.isGuest()) {
            return guest(mode) + " " + ofLevel(entry.level());
        }
        return mode == WalkMode.FLAT ? "flat entry" : second(mode) + " " + ofLevel(entry.level());
    }

    /// What the first dimension is called.
    static String guest(WalkMode mode) {
        return switch (mode) {
            case NATIVE -> "native";
            case SHADOW -> "shadow";
            case EPT, NPT, FLAT -> "guest";
        };
    }

    /// What the second dimension is called.
    static String second(WalkMode mode) {
        return switch (mode) {
            case EPT -> "EPT";
            case NPT -> "NPT";
            case FLAT -> "flat";
            case NATIVE, SHADOW -> "none";
        };
    }

    /// What the address that a second-level walk translates belongs to, by its guest level.
    static String target(int forLevel) {
        return forLevel == 0 ? "data page" : "guest " + ofLevel(forLevel);
    }

    /// What an entry's reference is for.
    static String purpose(TableEntry entry) {
        return entry.isGuest() ? "linear address" : target(entry.forLevel());
    }

    /// A cache that holds something of a walk: `PDE cache`, `EPT PDE cache`, `nested TLB`.
    static String cache(WalkCache cache, WalkMode mode) {
        return switch (cache.kind()) {
            case GUEST_STRUCTURE -> ofLevel(cache.level()) + " cache";
            case SECOND_STRUCTURE -> second(mode) + " " + ofLevel(cache.level()) + " cache";
            case NESTED_TLB -> "nested TLB";
        };
    }
}
