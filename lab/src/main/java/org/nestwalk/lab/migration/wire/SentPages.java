package org.nestwalk.lab.migration.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.GuestMemory;

/// The last version of pages that have been sent, as far as there is room. Both sides keep one and
/// do the same with it, so that a difference to a page in it means the same on both.
final class SentPages {
    private static final long NONE = -1;

    private final long[] numbers;
    private final long[] @Nullable [] contents;

    /// @param pages room, a power of two
    SentPages(int pages) {
        numbers = new long[pages];
        contents = new long[pages][];
        Arrays.fill(numbers, NONE);
    }

    private int slot(long number) {
        // Neighbours take neighbouring places, which they rarely leave to each other.
        return (int) (number & numbers.length - 1);
    }

    /// What page `number` held when it was sent last; null if that is not known any more.
    long @Nullable [] find(long number) {
        int slot = slot(number);
        return numbers[slot] == number ? contents[slot] : null;
    }

    /// Page `number` was sent as the words from `offset` on.
    void put(long number, long[] words, int offset) {
        int slot = slot(number);
        long[] page = contents[slot];
        if (page == null) {
            page = new long[GuestMemory.PAGE_WORDS];
            contents[slot] = page;
        }
        System.arraycopy(words, offset, page, 0, page.length);
        numbers[slot] = number;
    }

    /// Page `number` was sent, and what it held is not kept.
    void forget(long number) {
        int slot = slot(number);
        if (numbers[slot] == number) {
            numbers[slot] = NONE;
        }
    }
}
