package org.nestwalk.lab.calibrate;

import java.util.ArrayList;
import java.util.List;

/// How much the structures of a machine hold: what a fit searches.
///
/// @param cacheLines of the cache levels, from the core outward
/// @param firstSmall entries of the first-level TLB for 4K pages
/// @param secondSmall entries of the second-level TLB for 4K pages
/// @param firstLarge entries of the first-level TLB for 2M pages
/// @param secondLarge entries of the second-level TLB for 2M pages
/// @param directoryEntries entries of the paging-structure cache of page-directory entries
public record Structures(
        List<Long> cacheLines,
        long firstSmall,
        long secondSmall,
        long firstLarge,
        long secondLarge,
        long directoryEntries) {
    /// Cache levels.
    public static final int CACHES = 3;

    /// The index of the first TLB size among [#values].
    static final int FIRST_SMALL = CACHES;

    /// The index of the second TLB size for small pages.
    static final int SECOND_SMALL = FIRST_SMALL + 1;

    /// The index of the first TLB size for large pages.
    static final int FIRST_LARGE = SECOND_SMALL + 1;

    /// The index of the second TLB size for large pages.
    static final int SECOND_LARGE = FIRST_LARGE + 1;

    /// The index of the size of the cache of directory entries.
    static final int DIRECTORY = SECOND_LARGE + 1;

    /// Where a search begins: sizes in the middle of what processors have.
    public static final Structures TYPICAL =
            new Structures(List.of(768L, 16_384L, 262_144L), 64, 1_536, 32, 1_024, 32);

    /// How far a search goes, for the values in the order of [#values].
    static final List<Range> RANGES =
            List.of(
                    new Range(256, 4_096),
                    new Range(4_096, 131_072),
                    new Range(16_384, 1 << 22),
                    new Range(16, 512),
                    new Range(256, 16_384),
                    new Range(4, 256),
                    new Range(64, 16_384),
                    new Range(4, 4_096));

    /// Bounds of a value.
    ///
    /// @param least at least 1
    /// @param most at least as much
    record Range(long least, long most) {}

    /// Copies the list.
    public Structures {
        cacheLines = List.copyOf(cacheLines);
    }

    /// All values, in the order of the components.
    public List<Long> values() {
        List<Long> values = new ArrayList<>(cacheLines);
        values.addAll(List.of(firstSmall, secondSmall, firstLarge, secondLarge, directoryEntries));
        return values;
    }

    /// The structures with those [#values].
    static Structures of(List<Long> values) {
        return new Structures(
                values.subList(0, CACHES),
                values.get(FIRST_SMALL),
                values.get(SECOND_SMALL),
                values.get(FIRST_LARGE),
                values.get(SECOND_LARGE),
                values.get(DIRECTORY));
    }

    /// These with another value at `index`.
    Structures with(int index, long value) {
        List<Long> values = new ArrayList<>(values());
        values.set(index, value);
        return of(values);
    }

    /// Whether no level is larger than the one behind it.
    boolean isOrdered() {
        return cacheLines.get(0) < cacheLines.get(1)
                && cacheLines.get(1) < cacheLines.get(2)
                && firstSmall < secondSmall
                && firstLarge < secondLarge;
    }
}
