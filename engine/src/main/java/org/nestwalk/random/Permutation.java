package org.nestwalk.random;

/// A seeded bijection of the integers from 0 to `size` - 1, computed and not stored: it scatters as
/// many frames, keys or nodes as there are in a few words of memory.
///
/// Four rounds of a multiplication by an odd number modulo a power of two and a shift-and-xor, each
/// of which can be undone, permute the smallest power of two that is not less than `size`; values
/// outside the range are mapped again until they fall inside (cycle walking: Black and Rogaway,
/// "Ciphers with arbitrary finite domains", CT-RSA 2002), fewer than twice on average.
public final class Permutation {
    private static final int ROUNDS = 4;

    private final long size;
    private final long mask;
    private final int shift;
    private final long[] factor = new long[ROUNDS];
    private final long[] inverse = new long[ROUNDS];
    private final long[] summand = new long[ROUNDS];

    /// A permutation of `size` values, from 1 to 2^62; the same seed gives the same permutation.
    public Permutation(long size, long seed) {
        if (size < 1 || size > 1L << 62) {
            throw new IllegalArgumentException("cannot permute " + size + " values");
        }
        this.size = size;
        int bits = 64 - Long.numberOfLeadingZeros(size - 1);
        mask = (1L << bits) - 1;
        shift = Math.max(1, (bits + 1) / 2);
        for (int i = 0; i < ROUNDS; i++) {
            factor[i] = SplitMix64.hash(seed, 2L * i) | 1;
            inverse[i] = inverseOf(factor[i]);
            summand[i] = SplitMix64.hash(seed, 2L * i + 1);
        }
    }

    /// How many values are permuted.
    public long size() {
        return size;
    }

    /// The image of `value`, which must be in [0, size).
    public long apply(long value) {
        long x = value;
        do {
            x = rounds(x);
        } while (x >= size);
        return x;
    }

    /// Writes the images of the first `count` of `values` to `images`. Each takes some thirty
    /// cycles, one after another, and none waits for those before it, so that many at once take a
    /// fraction of the time.
    public void apply(long[] values, int count, long[] images) {
        for (int i = 0; i < count; i++) {
            images[i] = rounds(values[i]);
        }
        for (int i = 0; i < count; i++) {
            while (images[i] >= size) {
                images[i] = rounds(images[i]);
            }
        }
    }

    private long rounds(long value) {
        long x = value;
        for (int i = 0; i < ROUNDS; i++) {
            x = (x * factor[i] + summand[i]) & mask;
            x ^= x >>> shift;
        }
        return x;
    }

    /// The value whose image is `image`, which must be in [0, size).
    public long invert(long image) {
        long x = image;
        do {
            for (int i = ROUNDS - 1; i >= 0; i--) {
                x ^= x >>> shift;
                x = ((x - summand[i]) * inverse[i]) & mask;
            }
        } while (x >= size);
        return x;
    }

    /// The inverse of an odd number modulo 2^64 by Newton's iteration, which doubles the number of
    /// right bits from 3 at each step.
    private static long inverseOf(long odd) {
        long x = odd;
        for (int i = 0; i < 5; i++) {
            x *= 2 - odd * x;
        }
        return x;
    }
}
