package org.nestwalk.storage;

import org.nestwalk.InputException;

/// How a cache of files' pages works.
///
/// @param capacity pages that it holds at most, 1 or more
/// @param readahead most pages that one miss reads in a file that is read in order; 1 for none
/// @param dirtyPart part of the capacity that may be dirty before the oldest are written, 0 to 1
public record CacheSettings(int capacity, int readahead, double dirtyPart) {
    /// Linux's `vm.dirty_ratio`.
    public static final double DIRTY_RATIO = 0.2;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public CacheSettings {
        if (capacity < 1) {
            throw new InputException(
                    "a cache of %d pages holds nothing; give it one or more, or read without a cache"
                            .formatted(capacity));
        }
        if (readahead < 1 || readahead > capacity || !(dirtyPart >= 0 && dirtyPart <= 1)) {
            throw new InputException(
                    "readahead of %d pages in a cache of %d, of which %s may be dirty; use 1 to the capacity, and 0 to 1"
                            .formatted(readahead, capacity, dirtyPart));
        }
    }

    /// Without readahead.
    public static CacheSettings of(int capacity) {
        return new CacheSettings(capacity, 1, DIRTY_RATIO);
    }

    /// The same with readahead of up to `pages`, as far as the capacity allows.
    public CacheSettings withReadahead(int pages) {
        return new CacheSettings(capacity, Math.min(pages, capacity), dirtyPart);
    }
}
