package org.nestwalk.hypervisor.watchpoints;

import org.nestwalk.random.Xoshiro256;

/// Pages at random, each set of them as probable as any other: whatever the period of a bug is, a
/// page that it hits is armed with probability k / M each time, independently.
public final class RandomPages implements PageChoice {
    private final Xoshiro256 random;
    private int[] order = {};

    /// The same seed makes the same choices.
    public RandomPages(long seed) {
        random = new Xoshiro256(seed);
    }

    /// The first steps of a shuffle (Durstenfeld, "Algorithm 235: random permutation", CACM 7(7),
    /// 1964); what it starts from does not matter.
    @Override
    public void next(int pages, int[] armed) {
        if (order.length != pages) {
            order = new int[pages];
            for (int i = 0; i < pages; i++) {
                order[i] = i;
            }
        }
        for (int i = 0; i < armed.length; i++) {
            int j = i + (int) random.nextBelow(pages - i);
            int page = order[j];
            order[j] = order[i];
            order[i] = page;
            armed[i] = page;
        }
    }
}
