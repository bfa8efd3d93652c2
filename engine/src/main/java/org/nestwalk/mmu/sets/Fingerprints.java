package org.nestwalk.mmu.sets;

/// Eight one-byte fingerprints packed into a `long`, compared all at once: static functions on that
/// word.
///
/// ```text
///  63      56                      15     8 7      0
/// +----------+------- ... --------+--------+--------+
/// |  way 7   |                    | way 1  | way 0  |
/// +----------+------- ... --------+--------+--------+
/// ```
///
/// A fingerprint is 1 to 255, a hash of a tag; 0 stands for a way without an entry. Equal
/// fingerprints only suggest equal tags, one time in 255 wrongly. A search through them has no
/// branch that depends on which way matches, so it costs the same on unpredictable streams.
///
/// Source of the byte search: Warren, Hacker's Delight, 2nd edition 2012, section 6-1.
public final class Fingerprints {
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long LOWS = 0x7f7f_7f7f_7f7f_7f7fL;

    /// 2^64 divided by the golden ratio, made odd (Knuth, The Art of Computer Programming volume 3,
    /// section 6.4).
    public static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private Fingerprints() {}

    /// The fingerprint of `tag`, 1 to 255.
    public static long of(long tag) {
        long print = tag * MIX >>> 56;
        return print + (print - 1 >>> 63);
    }

    /// The fingerprint of `tag` in every byte.
    public static long spread(long tag) {
        return of(tag) * ONES;
    }

    /// A fingerprint of a line's number, of up to 46 bits, in every byte: never the same for two
    /// lines with the same lowest 39 bits.
    public static long spreadLine(long line) {
        // 0 to 254 by the lowest 39 bits, and 0 to 127: distinct modulo 255 for distinct ones.
        long print = (((line << 25) * MIX >>> 33) * 255 >>> 31) + (line >>> 39);
        return (print - (255 & 254 - print >> 63) + 1) * ONES;
    }

    /// Bit 7 of every byte of `prints` that equals that of `others`, and no other bit.
    static long matches(long prints, long others) {
        long x = prints ^ others;
        return ~(((x & LOWS) + LOWS) | x | LOWS);
    }

    /// Which of up to 16 ways have the fingerprint of `others`: bit 8w + 7 stands for way w below
    /// 8, bit 8(w - 8) + 6 for the others.
    ///
    /// @param words hold those of ways 0 to 7 at index `at`, and of 8 to 15 in the word after it
    /// @param manyWays whether there are more than 8
    static long candidates(long[] words, int at, boolean manyWays, long others) {
        long candidates = matches(words[at], others);
        if (manyWays) {
            candidates |= matches(words[at + 1], others) >>> 1;
        }
        return candidates;
    }

    /// The way that the lowest bit of `candidates` stands for.
    static int way(long candidates) {
        int bit = Long.numberOfTrailingZeros(candidates);
        return (bit >>> 3) | ((~bit & 1) << 3);
    }

    /// All bits of each of the lowest `count` bytes; none if negative, at most 8.
    static long mask(int count) {
        return count <= 0 ? 0 : -1L >>> 8 * (8 - Math.min(count, 8));
    }

    /// `prints` with byte `way` (0 to 7) replaced by that of `others`.
    static long with(long prints, int way, long others) {
        return prints ^ (prints ^ others) & 0xffL << 8 * way;
    }
}
