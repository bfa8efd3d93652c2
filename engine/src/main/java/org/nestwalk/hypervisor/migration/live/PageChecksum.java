package org.nestwalk.hypervisor.migration.live;

import org.nestwalk.machine.GuestMemory;

/// 64 bits of a page's address and contents, against damage on the way; not against forgers, whom
/// TLS keeps out.
public final class PageChecksum {
    private static final long FIRST = 0x9e3779b97f4a7c15L;
    private static final long SECOND = 0xbf58476d1ce4e5b9L;

    private PageChecksum() {}

    /// Of the page at `gpa` whose 512 words begin at `offset`. Four independent lanes, so that a
    /// processor works on four words at once.
    public static long of(long gpa, long[] words, int offset) {
        long a = gpa + FIRST;
        long b = FIRST ^ SECOND;
        long c = SECOND;
        long d = ~FIRST;
        int end = offset + GuestMemory.PAGE_WORDS;
        for (int i = offset; i < end; i += 4) {
            a = (a ^ words[i]) * FIRST;
            b = (b ^ words[i + 1]) * SECOND;
            c = (c ^ words[i + 2]) * FIRST;
            d = (d ^ words[i + 3]) * SECOND;
            a ^= a >>> 32;
            b ^= b >>> 32;
            c ^= c >>> 32;
            d ^= d >>> 32;
        }
        long all = (a + Long.rotateLeft(b, 16) + Long.rotateLeft(c, 32) + Long.rotateLeft(d, 48));
        all = (all ^ all >>> 30) * SECOND;
        return all ^ all >>> 31;
    }
}
