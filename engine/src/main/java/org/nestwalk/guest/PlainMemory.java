package org.nestwalk.guest;

import java.util.Arrays;

/// Memory by linear address: an open-addressing hash table from page number to the page's words.
/// What was never written reads as zero.
final class PlainMemory {
    private static final int PAGE_SHIFT = 12;
    private static final int WORDS = 1 << PAGE_SHIFT - 3;
    private static final long[] NO_PAGE = {};

    private long[] numbers = new long[64];
    private long[][] pages = emptyPages(64);
    private int used;

    /// The word at `address`, a multiple of 8.
    long read(long address) {
        long[] page = pages[slot(address >> PAGE_SHIFT)];
        return page.length == 0 ? 0 : page[word(address)];
    }

    /// Stores a word at `address`, a multiple of 8.
    void write(long address, long value) {
        int slot = slot(address >> PAGE_SHIFT);
        if (pages[slot].length == 0) {
            slot = add(address >> PAGE_SHIFT);
        }
        pages[slot][word(address)] = value;
    }

    /// Zeroes the pages of `bytes` from `start`, both multiples of 4096.
    void clear(long start, long bytes) {
        for (long number = start >> PAGE_SHIFT; number < start + bytes >> PAGE_SHIFT; number++) {
            Arrays.fill(pages[slot(number)], 0);
        }
    }

    /// Memory that holds the same.
    PlainMemory copy() {
        PlainMemory copy = new PlainMemory();
        copy.numbers = numbers.clone();
        copy.pages = pages.clone();
        for (int i = 0; i < pages.length; i++) {
            copy.pages[i] = pages[i].length == 0 ? NO_PAGE : pages[i].clone();
        }
        copy.used = used;
        return copy;
    }

    /// Copies `bytes` of `other` from `from` to `to`, all multiples of 8.
    void copy(PlainMemory other, long from, long to, long bytes) {
        for (long at = 0; at < bytes; at += Long.BYTES) {
            write(to + at, other.read(from + at));
        }
    }

    private int add(long number) {
        if (used * 2 >= pages.length) {
            grow();
        }
        int slot = slot(number);
        numbers[slot] = number;
        pages[slot] = new long[WORDS];
        used++;
        return slot;
    }

    private void grow() {
        long[] oldNumbers = numbers;
        long[][] oldPages = pages;
        numbers = new long[oldNumbers.length * 2];
        pages = emptyPages(oldPages.length * 2);
        for (int i = 0; i < oldPages.length; i++) {
            if (oldPages[i].length != 0) {
                int slot = slot(oldNumbers[i]);
                numbers[slot] = oldNumbers[i];
                pages[slot] = oldPages[i];
            }
        }
    }

    /// Where the page is, or would be.
    private int slot(long number) {
        int mask = pages.length - 1;
        int slot = (int) (number * 0x9e3779b97f4a7c15L >>> 32) & mask;
        while (pages[slot].length != 0 && numbers[slot] != number) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static long[][] emptyPages(int length) {
        long[][] empty = new long[length][];
        Arrays.fill(empty, NO_PAGE);
        return empty;
    }

    private static int word(long address) {
        return (int) (address >>> 3) & WORDS - 1;
    }
}
