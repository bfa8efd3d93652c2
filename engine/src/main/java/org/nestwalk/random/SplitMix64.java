package org.nestwalk.random;

/// The SplitMix64 generator, as a function: a good 64-bit hash and the usual way to seed others.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public final class SplitMix64 {
    /// What the generator's state grows by at every step: the golden ratio as a 64-bit fraction.
    public static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private SplitMix64() {}

    /// The output of the generator for `state` after its step: a bijection of 64-bit values.
    public static long mix(long state) {
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// The `n`-th output, from 1, of the generator started at `seed`.
    public static long output(long seed, long n) {
        return mix(seed + n * GOLDEN_GAMMA);
    }

    /// A 64-bit hash of `value` under `seed`; different seeds give unrelated functions.
    public static long hash(long seed, long value) {
        return mix(mix(seed + GOLDEN_GAMMA) ^ (value * GOLDEN_GAMMA + GOLDEN_GAMMA));
    }

    /// A fraction in [0, 1) with 53 bits from the high bits of `bits`.
    public static double fraction(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }
}
