package org.nestwalk.hypervisor.layout;

import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// A permutation that a key chooses, stored: a shuffle (Durstenfeld, "Algorithm 235: random
/// permutation", CACM 7(7), 1964). One that is computed ([org.nestwalk.random.Permutation]) would
/// need no memory, but the low bits of what it maps neighbours to depend on each other, which a
/// chi-square test of cache colours finds.
final class KeyedOrder {
    private KeyedOrder() {}

    /// All numbers below `count` in the order of a key and a period.
    static int[] of(int count, long key, long period) {
        Xoshiro256 random = new Xoshiro256(SplitMix64.hash(key, period));
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = (int) random.nextBelow(i + 1L);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
