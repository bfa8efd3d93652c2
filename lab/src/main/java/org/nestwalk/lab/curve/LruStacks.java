package org.nestwalk.lab.curve;

import java.util.Arrays;

/// The pages of each set of a TLB with a given number of sets, in order of use: a stack a set, as
/// deep as the most ways that are asked about.
///
/// A set of `w` ways under true LRU holds the `w` pages of it that were used last, whatever `w` is.
/// So a page whose *distance*, the number of pages of its set that were used since it was, itself
/// included, is `d`, is a hit with `d` ways or more and a miss with fewer: counted by distance, one
/// pass over the look-ups gives the misses for every number of ways (Mattson, Gecsei, Slutz and
/// Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970), and a
/// stack for each number of sets all geometries (Hill and Smith, "Evaluating associativity in CPU
/// caches", IEEE Transactions on Computers 38(12), 1989). Using a page allocates nothing, but for
/// tables that grow with the number of pages.
abstract class LruStacks {
    final int ways;

    // Uses by distance, from 1; those beyond all ways at 0.
    final long[] uses;

    private final int sets;
    private final boolean powerOfTwo;

    LruStacks(int sets, int ways) {
        this.sets = sets;
        this.powerOfTwo = Integer.bitCount(sets) == 1;
        this.ways = ways;
        this.uses = new long[ways + 1];
    }

    /// Stacks for TLBs of `sets` sets with up to `ways` ways.
    static LruStacks of(int sets, int ways) {
        return ways <= NarrowStacks.MOST_WAYS
                ? new NarrowStacks(sets, ways)
                : new DeepStacks(sets, ways);
    }

    /// Uses the first `count` of `pages` one after the other.
    ///
    /// @param pages numbers from 0 that tell pages apart
    /// @param keys their page numbers, whose remainders say the sets
    abstract void use(int[] pages, long[] keys, int count);

    /// Forgets what was counted, but not the order of pages.
    final void clearCounts() {
        Arrays.fill(uses, 0);
    }

    /// Uses that miss in sets of so many ways, at most those of the stacks.
    final long misses(int ofWays) {
        long misses = uses[0];
        for (int distance = ofWays + 1; distance <= ways; distance++) {
            misses += uses[distance];
        }
        return misses;
    }

    final int sets() {
        return sets;
    }

    final int setOf(long key) {
        return powerOfTwo ? (int) key & sets - 1 : (int) (key % sets);
    }
}
