package org.nestwalk.lab.labs.prefetch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nestwalk.random.SplitMix64;

/// In which order a program touches the pages of its working set for the first time. The range that
/// they are in has twice as many pages.
enum Pattern {
    /// One after the other, from the first of the range.
    SEQUENTIAL,
    /// Every other page of the range.
    STRIDED,
    /// The first half of the range, each page once, in a random order.
    RANDOM;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Pattern::label).toList();
    }

    static Pattern of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /// Numbers of `count` pages, in the order in which they are touched.
    long[] pages(int count, long seed) {
        long[] pages = new long[count];
        for (int i = 0; i < count; i++) {
            pages[i] = this == STRIDED ? 2L * i : i;
        }
        if (this == RANDOM) {
            for (int i = count - 1; i > 0; i--) {
                int other = (int) Long.remainderUnsigned(SplitMix64.hash(seed, i), i + 1);
                long page = pages[i];
                pages[i] = pages[other];
                pages[other] = page;
            }
        }
        return pages;
    }

    /// Pages of the range, from its first, that a program announces which is going to touch `count`
    /// of them.
    int announced(int count) {
        return this == STRIDED ? 2 * count : count;
    }
}
