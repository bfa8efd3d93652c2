package org.nestwalk.hypervisor.merging;

import java.util.Arrays;

/// How a page differs from its reference: runs of words that do, one after the other.
final class PagePatch {
    // Where a run begins, and how long it is, 16 bits each.
    private static final int BYTES_OF_A_RUN = 4;

    private final int[] runs;
    private final long[] words;

    private PagePatch(int[] runs, long[] words) {
        this.runs = runs;
        this.words = words;
    }

    /// What makes `page` of `reference`, both of 512 words.
    static PagePatch between(long[] reference, long[] page) {
        int[] runs = new int[page.length + 1];
        long[] words = new long[page.length];
        int ends = 0;
        int count = 0;
        for (int i = 0; i < page.length; i++) {
            if (page[i] != reference[i]) {
                if (ends == 0 || runs[ends - 2] + runs[ends - 1] != i) {
                    runs[ends] = i;
                    ends += 2;
                }
                runs[ends - 1]++;
                words[count++] = page[i];
            }
        }
        return new PagePatch(Arrays.copyOf(runs, ends), Arrays.copyOf(words, count));
    }

    /// Bytes that it takes.
    int bytes() {
        return runs.length / 2 * BYTES_OF_A_RUN + words.length * Long.BYTES;
    }

    /// Makes the page of its reference.
    void apply(long[] words) {
        int at = 0;
        for (int i = 0; i < runs.length; i += 2) {
            System.arraycopy(this.words, at, words, runs[i], runs[i + 1]);
            at += runs[i + 1];
        }
    }
}
