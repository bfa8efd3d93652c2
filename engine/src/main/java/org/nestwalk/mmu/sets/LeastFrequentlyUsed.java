package org.nestwalk.mmu.sets;

/// Least frequently used: each entry counts its uses since it was placed, its placement being the
/// first, up to [#MOST]; the lowest way with the smallest count is replaced. Counts do not age.
final class LeastFrequentlyUsed extends ReplacementPolicy {
    /// The value at which counts saturate: that of an 8-bit counter.
    static final int MOST = 255;

    private final int ways;
    private final int[] uses;

    LeastFrequentlyUsed(int sets, int ways) {
        this.ways = ways;
        this.uses = new int[sets * ways];
    }

    @Override
    void hit(int set, int way) {
        int slot = set * ways + way;
        uses[slot] = Math.min(uses[slot] + 1, MOST);
    }

    @Override
    void filled(int set, int way) {
        uses[set * ways + way] = 1;
    }

    @Override
    int victim(int set) {
        int[] uses = this.uses;
        int base = set * ways;
        int victim = 0;
        for (int way = 1; way < ways; way++) {
            if (uses[base + way] < uses[base + victim]) {
                victim = way;
            }
        }
        return victim;
    }
}
