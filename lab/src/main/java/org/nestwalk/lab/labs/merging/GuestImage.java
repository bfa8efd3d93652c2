package org.nestwalk.lab.labs.merging;

import org.nestwalk.machine.GuestMemory;
import org.nestwalk.random.SplitMix64;

/// What the images of guests hold, page by page: zeroes, what all guests hold at this place, what
/// resembles that of others, and what nobody else holds.
///
/// @param equal part of the pages that hold the same in every guest
/// @param zero part that holds zeroes
/// @param similar part that differs from that of other guests in an eighth of its words
/// @param seed of contents
record GuestImage(double equal, double zero, double similar, long seed) {
    private static final int WORDS = GuestMemory.PAGE_WORDS;
    private static final int DIFFERENT = WORDS / 8;

    /// What a page holds.
    enum Kind {
        ZERO,
        EQUAL,
        SIMILAR,
        OWN
    }

    /// What the page at `index` of every guest holds.
    Kind kind(long index) {
        double at = SplitMix64.fraction(SplitMix64.hash(seed, index));
        if (at < zero) {
            return Kind.ZERO;
        }
        if (at < zero + equal) {
            return Kind.EQUAL;
        }
        return at < zero + equal + similar ? Kind.SIMILAR : Kind.OWN;
    }

    /// The words of a page of `guest`.
    long[] words(int guest, long index) {
        long[] words = new long[WORDS];
        Kind kind = kind(index);
        if (kind == Kind.ZERO) {
            return words;
        }
        long common = SplitMix64.hash(seed, ~index);
        fill(words, 0, WORDS, kind == Kind.OWN ? common + 1 + guest : common);
        if (kind == Kind.SIMILAR) {
            int from = (int) (index % (WORDS - DIFFERENT));
            fill(words, from, from + DIFFERENT, common + 1 + guest);
        }
        return words;
    }

    private static void fill(long[] words, int from, int to, long contents) {
        for (int i = from; i < to; i++) {
            words[i] = SplitMix64.hash(contents, i);
        }
    }

    /// Loads what all guests hold: what they may have been forked with.
    void loadCommon(LabGuest guest, long pages) {
        for (long index = 0; index < pages; index++) {
            switch (kind(index)) {
                case ZERO -> guest.touch(index);
                case EQUAL -> guest.load(index, words(0, index));
                case SIMILAR, OWN -> {}
            }
        }
    }

    /// Loads what is a guest's own.
    void loadOwn(LabGuest guest, int number, long pages) {
        for (long index = 0; index < pages; index++) {
            if (kind(index) == Kind.SIMILAR || kind(index) == Kind.OWN) {
                guest.load(index, words(number, index));
            }
        }
    }
}
