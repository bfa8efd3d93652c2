package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;

/// Which ranges of which address spaces are parts of files (`mmap` with MAP_PRIVATE).
final class FileMappings {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final List<Mapping> all = new ArrayList<>();

    /// A range.
    ///
    /// @param firstPage of the file, at `start`
    record Mapping(AddressSpace space, long start, long end, int file, long firstPage) {
        /// The page of the file at `gva`.
        long page(long gva) {
            return firstPage + (gva - start) / PAGE;
        }

        private Mapping part(long from, long to) {
            return new Mapping(space, from, to, file, page(from));
        }
    }

    /// One more, which overlaps no other.
    void add(Mapping mapping) {
        all.add(mapping);
    }

    /// The one that `gva` is in, if there is one.
    @Nullable Mapping find(AddressSpace space, long gva) {
        for (Mapping one : all) {
            if (one.space.equals(space) && gva >= one.start && gva < one.end) {
                return one;
            }
        }
        return null;
    }

    /// Whether part of a range is mapped to a file.
    boolean overlaps(AddressSpace space, long start, long end) {
        return all.stream()
                .anyMatch(one -> one.space.equals(space) && one.start < end && start < one.end);
    }

    /// A range is not mapped any more; what of mappings lies outside stays.
    void remove(AddressSpace space, long start, long end) {
        for (Mapping one : List.copyOf(all)) {
            if (one.space.equals(space) && one.start < end && start < one.end) {
                all.remove(one);
                if (one.start < start) {
                    all.add(one.part(one.start, start));
                }
                if (end < one.end) {
                    all.add(one.part(end, one.end));
                }
            }
        }
    }

    /// `child` has what `parent` has.
    void fork(AddressSpace parent, AddressSpace child) {
        for (Mapping one : List.copyOf(all)) {
            if (one.space.equals(parent)) {
                all.add(new Mapping(child, one.start, one.end, one.file, one.firstPage));
            }
        }
    }

    /// A space is gone.
    void end(AddressSpace space) {
        all.removeIf(one -> one.space.equals(space));
    }

    /// Those of a file.
    List<Mapping> of(int file) {
        return all.stream().filter(one -> one.file == file).toList();
    }
}
