package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nestwalk.bits.Access;

/// The naive twin of the MMU on the yardstick machine: lists in order of use, one page size in both
/// dimensions, and reference counts by formula.
final class NaiveMmu {
    private final int pageShift;
    private final int guestLevels;
    private final int hostLevels;
    private final Lru data = new Lru(16, 4);
    private final Lru instructions = new Lru(16, 4);
    private final Lru second = new Lru(128, 12);
    private final List<Lru> structures = List.of(new Lru(8, 4), new Lru(1, 8), new Lru(1, 4));
    private final Set<Long> dirty = new HashSet<>();
    private final Map<Long, Boolean> knownDirty = new HashMap<>();

    long dataMisses;
    long instructionMisses;
    long walks;
    long references;
    long dirtyWalks;

    /// @param leaf level of the leaf entry in both dimensions: 1 for 4K, 2 for 2M
    NaiveMmu(int leaf) {
        this.pageShift = 3 + 9 * leaf;
        this.guestLevels = 5 - leaf;
        this.hostLevels = 5 - leaf;
    }

    void run(long access) {
        long address = Access.address(access);
        long page = address >>> pageShift;
        boolean fetch = Access.isFetch(access);
        if (!(fetch ? instructions : data).use(page)) {
            if (fetch) {
                instructionMisses++;
            } else {
                dataMisses++;
            }
            if (!second.use(page)) {
                walks++;
                references += walk(address);
                if (Access.isWrite(access)) {
                    dirty.add(page);
                }
                knownDirty.put(page, dirty.contains(page));
            }
        }
        if (Access.isWrite(access) && !knownDirty.getOrDefault(page, false)) {
            dirtyWalks++;
            walk(address);
            dirty.add(page);
            knownDirty.put(page, true);
        }
    }

    /// References of a walk that begins below the deepest structure entry known.
    private int walk(long address) {
        int leaf = 5 - guestLevels;
        int start = 4;
        for (int level = 2; level <= 4; level++) {
            Lru cache = structures.get(level - 2);
            if (level > leaf && cache.holds(address >>> (3 + 9 * level))) {
                cache.use(address >>> (3 + 9 * level));
                start = level - 1;
                break;
            }
        }
        boolean cold = start == 4;
        for (int level = start; level > leaf; level--) {
            structures.get(level - 2).use(address >>> (3 + 9 * level));
        }
        int read = start - leaf + 1;
        return read + read * hostLevels + (cold ? hostLevels : 0);
    }

    /// Sets of keys, most recently used last.
    private static final class Lru {
        private final List<List<Long>> sets = new ArrayList<>();
        private final int ways;

        Lru(int sets, int ways) {
            this.ways = ways;
            for (int i = 0; i < sets; i++) {
                this.sets.add(new ArrayList<>());
            }
        }

        boolean holds(long key) {
            return set(key).contains(key);
        }

        /// Uses a key, taking it in if it is not there; returns whether it was.
        boolean use(long key) {
            List<Long> set = set(key);
            boolean there = set.remove((Long) key);
            if (set.size() == ways) {
                set.removeFirst();
            }
            set.add(key);
            return there;
        }

        private List<Long> set(long key) {
            return sets.get((int) (key % sets.size()));
        }
    }
}
