package org.nestwalk.machine.simulated.host;

import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/// The pages that each shared frame backs: the reverse map of those frames that have more than one
/// ([FrameOwners] has the others in its word). A page is named by that word, of kind PAGE.
///
/// Adding a page takes constant time, removing one time in proportion to how many the frame backs.
final class SharedFrames {
    private static final int FEW = 2;

    private long[][] pages = new long[64][];
    private int[] counts = new int[64];

    // Numbers that are not in use, of those below `next`.
    private int[] unused = new int[64];
    private int unusedCount;
    private int next;
    private long frames;
    private long mappings;

    /// Frames that back more than one page.
    long frames() {
        return frames;
    }

    /// The pages that these back.
    long mappings() {
        return mappings;
    }

    /// The number of a frame that backs two pages.
    int create(long first, long second) {
        int number = unusedCount > 0 ? unused[--unusedCount] : next++;
        if (number == pages.length) {
            pages = Arrays.copyOf(pages, 2 * number);
            counts = Arrays.copyOf(counts, 2 * number);
        }
        pages[number] = new long[] {first, second};
        counts[number] = FEW;
        frames++;
        mappings += FEW;
        return number;
    }

    /// Frame `number` backs one more page.
    void add(int number, long page) {
        int count = counts[number];
        if (count == pages[number].length) {
            pages[number] = Arrays.copyOf(pages[number], 2 * count);
        }
        pages[number][count] = page;
        counts[number]++;
        mappings++;
    }

    /// Frame `number` no longer backs `page`.
    ///
    /// @return the only page that it still backs, in which case the number means nothing any more;
    ///   0 if it backs several
    /// @throws IllegalStateException if it does not back the page
    long remove(int number, long page) {
        int at = indexOf(number, page);
        if (at == -1) {
            throw new IllegalStateException("page " + Long.toHexString(page) + " is not shared");
        }
        int last = --counts[number];
        pages[number][at] = pages[number][last];
        mappings--;
        return last == 1 ? end(number) : 0;
    }

    private long end(int number) {
        long left = pages[number][0];
        pages[number] = new long[0];
        counts[number] = 0;
        frames--;
        mappings--;
        if (unusedCount == unused.length) {
            unused = Arrays.copyOf(unused, 2 * unusedCount);
        }
        unused[unusedCount++] = number;
        return left;
    }

    /// How many pages frame `number` backs.
    int count(int number) {
        return counts[number];
    }

    /// Whether frame `number` backs `page`.
    boolean contains(int number, long page) {
        return indexOf(number, page) != -1;
    }

    /// Shows `consumer` the pages that frame `number` backs.
    void forEach(int number, LongConsumer consumer) {
        for (int i = 0; i < counts[number]; i++) {
            consumer.accept(pages[number][i]);
        }
    }

    /// Whether all pages that frame `number` backs are as `condition` says.
    boolean all(int number, LongPredicate condition) {
        for (int i = 0; i < counts[number]; i++) {
            if (!condition.test(pages[number][i])) {
                return false;
            }
        }
        return true;
    }

    private int indexOf(int number, long page) {
        for (int i = counts[number] - 1; i >= 0; i--) {
            if (pages[number][i] == page) {
                return i;
            }
        }
        return -1;
    }
}
