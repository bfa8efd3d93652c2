package org.nestwalk.hypervisor.merging;

import org.nestwalk.machine.GuestMemory;

/// Reads pages, and counts how much it reads.
final class PageContents {
    private static final long FIRST = 0x9e3779b185ebca87L;
    private static final long SECOND = 0xc2b2ae3d27d4eb4fL;
    private static final int ROTATION = 31;
    private static final int WORDS = GuestMemory.PAGE_WORDS;

    /// The checksum of a page of zeroes.
    static final long ZERO = checksum(new long[WORDS]);

    private final long[] words = new long[WORDS];
    private final long[] others = new long[WORDS];
    private long read;

    /// Loads a page, to be compared with others. What is read of it is counted as it is used.
    void load(ScannedPage page) {
        page.vm().memory().readPage(page.gpa(), words);
    }

    /// How the page that is loaded compares to another one, both read up to the first word that
    /// differs.
    int compareTo(ScannedPage other) {
        for (int i = 0; i < WORDS; i++) {
            read += 2;
            int compared =
                    Long.compareUnsigned(
                            words[i],
                            other.vm().memory().read(other.gpa() + (long) i * Long.BYTES));
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    /// The checksum of the page that is loaded.
    long checksum() {
        read += WORDS;
        return checksum(words);
    }

    /// The checksum of another one.
    long checksumOf(ScannedPage page) {
        page.vm().memory().readPage(page.gpa(), others);
        read += WORDS;
        return checksum(others);
    }

    /// By the rounds of xxHash64, with which Linux computes its own.
    static long checksum(long[] words) {
        long sum = FIRST;
        for (long word : words) {
            sum = Long.rotateLeft(sum + word * SECOND, ROTATION) * FIRST;
        }
        return sum ^ sum >>> ROTATION;
    }

    /// Whole pages read since this was last asked; what is left over counts the next time.
    long takePagesRead() {
        long pages = read / WORDS;
        read %= WORDS;
        return pages;
    }
}
