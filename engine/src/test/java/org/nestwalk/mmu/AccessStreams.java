package org.nestwalk.mmu;

import java.util.Arrays;

/// The three address streams on which the yardstick's numbers were taken: uniform random over 1
/// GiB, sequential over 256 MiB, and Zipf-distributed pages of 1 GiB.
public final class AccessStreams {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final int PAGES = 262_144;

    private final long[] state = new long[4];

    private AccessStreams() {
        long seed = 42;
        for (int i = 0; i < state.length; i++) {
            seed += 0x9e3779b97f4a7c15L;
            long z = seed;
            z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            state[i] = z ^ (z >>> 31);
        }
    }

    /// Uniform random 8-byte aligned addresses over 1 GiB.
    public static long[] gups(int accesses) {
        AccessStreams random = new AccessStreams();
        long[] stream = new long[accesses];
        Arrays.setAll(stream, i -> BASE + ((random.next() & ((1L << 27) - 1)) << 3));
        return stream;
    }

    /// Addresses 8 bytes apart over 256 MiB, wrapping.
    public static long[] seq(int accesses) {
        long[] stream = new long[accesses];
        Arrays.setAll(stream, i -> BASE + (((long) i << 3) & ((1L << 28) - 1)));
        return stream;
    }

    /// Pages by Zipf's law with exponent 0.99, ranks scattered over 1 GiB, offsets uniform.
    public static long[] zipf(int accesses) {
        AccessStreams random = new AccessStreams();
        double[] cumulative = new double[PAGES];
        double total = 0;
        for (int i = 0; i < PAGES; i++) {
            total += 1 / Math.pow(i + 1, 0.99);
            cumulative[i] = total;
        }
        long[] stream = new long[accesses];
        for (int i = 0; i < accesses; i++) {
            double u = (random.next() >>> 11) * 0x1p-53 * total;
            int found = Arrays.binarySearch(cumulative, u);
            long rank = Math.min(found < 0 ? -found - 1 : found, PAGES - 1);
            long page = (rank * 0x9e3779b1L + 12345) & (PAGES - 1);
            stream[i] = BASE + (page << 12) + ((random.next() & 511) << 3);
        }
        return stream;
    }

    /// xoshiro256** (Blackman and Vigna, Scrambled linear pseudorandom number generators, 2018).
    private long next() {
        long[] s = state;
        long result = Long.rotateLeft(s[1] * 5, 7) * 9;
        long t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = Long.rotateLeft(s[3], 45);
        return result;
    }
}
