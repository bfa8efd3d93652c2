package org.nestwalk.mmu.sets;

/// Replaces a way drawn by a seeded generator, one draw a replacement; equal seeds give equal runs.
///
/// The generator is xorshift64* (Vigna, An experimental exploration of Marsaglia's xorshift
/// generators, scrambled, ACM TOMS 2016). Its upper 32 bits are scaled to the number of ways, whose
/// bias is below one in a million for up to 4096 ways.
final class RandomReplacement extends ReplacementPolicy {
    private final int ways;
    private long state;

    RandomReplacement(int ways, long seed) {
        this.ways = ways;
        // The generator's one fixed point is zero.
        this.state = seed == 0 ? Fingerprints.MIX : seed;
    }

    @Override
    void hit(int set, int way) {}

    @Override
    void filled(int set, int way) {}

    @Override
    int victim(int set) {
        long x = state;
        x ^= x >>> 12;
        x ^= x << 25;
        x ^= x >>> 27;
        state = x;
        return (int) ((((x * 0x2545_f491_4f6c_dd1dL) >>> 32) * ways) >>> 32);
    }
}
