package org.nestwalk.random;

import org.nestwalk.Intrinsics;

/// The xoshiro256** generator: period 2^256 - 1, no allocation, not for several threads.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions
/// on Mathematical Software 47(4), 2021. Seeded by SplitMix64, as its authors advise.
public final class Xoshiro256 {
    private long s0;
    private long s1;
    private long s2;
    private long s3;

    /// A generator whose four words are the first four outputs of SplitMix64 from `seed`.
    public Xoshiro256(long seed) {
        s0 = SplitMix64.output(seed, 1);
        s1 = SplitMix64.output(seed, 2);
        s2 = SplitMix64.output(seed, 3);
        s3 = SplitMix64.output(seed, 4);
    }

    private Xoshiro256(Xoshiro256 other) {
        s0 = other.s0;
        s1 = other.s1;
        s2 = other.s2;
        s3 = other.s3;
    }

    /// A generator of its own with the same numbers to come.
    public Xoshiro256 copy() {
        return new Xoshiro256(this);
    }

    /// The next 64 random bits.
    public long nextLong() {
        long result = Long.rotateLeft(s1 * 5, 7) * 9;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /// A value in [0, bound), for a positive `bound`; its bias is below `bound` / 2^64 (Lemire,
    /// "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019, without rejection).
    public long nextBelow(long bound) {
        return Intrinsics.unsignedMultiplyHigh(nextLong(), bound);
    }

    /// A fraction in [0, 1), a multiple of 2^-53.
    public double nextFraction() {
        return SplitMix64.fraction(nextLong());
    }
}
