package org.nestwalk.storage;

/// Files of 4-KiB pages, by number: a disk, or a cache above one. What was never written reads as
/// the store says; a file that does not exist has no pages.
///
/// For one thread at a time.
public interface FileStore {
    /// Words of a page.
    int PAGE_WORDS = 512;

    /// How many pages a file has.
    long pages(int file);

    /// Reads pages as one request.
    ///
    /// @param count 1 or more
    /// @param into receives each page, whose words are valid until it returns
    /// @throws StorageFailure if one of them is beyond the end
    void read(int file, long first, int count, PageReceiver into);

    /// Writes a page of a file.
    ///
    /// @throws StorageFailure if it is beyond the end
    void write(int file, long page, long[] words);

    /// Makes a file longer or shorter; 0 pages are none. What is new reads as zeroes.
    ///
    /// @throws StorageFailure if there is no room, with nothing changed
    void resize(int file, long pages);

    /// Has all that was written on the disk.
    void sync();

    /// Receives pages that are read.
    @FunctionalInterface
    interface PageReceiver {
        /// One page.
        void page(long page, long[] words);
    }

    /// Checks that `count` pages from `first` are in a file.
    ///
    /// @throws StorageFailure if not
    default void requireInside(int file, long first, long count) {
        if (first < 0 || count < 0 || first > pages(file) - count) {
            throw new StorageFailure(
                    StorageFailure.Kind.BEYOND_END,
                    "page %d of file %d, which has %d"
                            .formatted(first < 0 ? first : first + count - 1, file, pages(file)));
        }
    }
}
