package org.nestwalk.mmu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.sets.SetAssociative;

/// The slow, obvious twin of [SetAssociative].
final class NaiveSetAssociative {
    private final Geometry geometry;
    private final List<Set> sets = new ArrayList<>();
    private long random;

    private static final class Set {
        final long[] tags;
        final int[] uses;
        final List<Integer> recency = new ArrayList<>();
        final Node tree;

        Set(int ways) {
            tags = new long[ways];
            uses = new int[ways];
            Arrays.fill(tags, SetAssociative.INVALID);
            for (int way = 0; way < ways; way++) {
                recency.addFirst(way);
            }
            int leaves = 1;
            while (leaves < ways) {
                leaves *= 2;
            }
            tree = new Node(0, leaves);
        }
    }

    /// A node of the tree over ways `first` to `end - 1`.
    private static final class Node {
        final int first;
        final List<Node> halves;
        boolean right;

        Node(int first, int end) {
            this.first = first;
            int middle = (first + end) / 2;
            halves =
                    end - first == 1
                            ? List.of()
                            : List.of(new Node(first, middle), new Node(middle, end));
        }

        void use(int way) {
            if (!halves.isEmpty()) {
                right = way < halves.get(1).first;
                halves.get(right ? 0 : 1).use(way);
            }
        }

        int victim(int ways) {
            if (halves.isEmpty()) {
                return first;
            }
            boolean there = halves.get(1).first < ways;
            return halves.get(right && there ? 1 : 0).victim(ways);
        }
    }

    NaiveSetAssociative(Geometry geometry, long seed) {
        this.geometry = geometry;
        this.random = seed;
        for (int set = 0; set < geometry.sets(); set++) {
            sets.add(new Set(geometry.ways()));
        }
    }

    int peek(long key, long tag) {
        int number = (int) (key % geometry.sets());
        for (int way = 0; way < geometry.ways(); way++) {
            if (sets.get(number).tags[way] == tag) {
                return number * geometry.ways() + way;
            }
        }
        return -1;
    }

    int find(long key, long tag) {
        int slot = peek(key, tag);
        if (slot >= 0) {
            Set set = sets.get(slot / geometry.ways());
            int way = slot % geometry.ways();
            set.uses[way] = Math.min(255, set.uses[way] + 1);
            use(set, way);
        }
        return slot;
    }

    int insert(long key, long tag) {
        int number = (int) (key % geometry.sets());
        Set set = sets.get(number);
        int way = 0;
        while (way < geometry.ways() && set.tags[way] != SetAssociative.INVALID) {
            way++;
        }
        if (way == geometry.ways()) {
            way = victim(set);
        }
        set.tags[way] = tag;
        set.uses[way] = 1;
        use(set, way);
        return number * geometry.ways() + way;
    }

    void invalidate(int slot) {
        sets.get(slot / geometry.ways()).tags[slot % geometry.ways()] = SetAssociative.INVALID;
    }

    long tag(int slot) {
        return sets.get(slot / geometry.ways()).tags[slot % geometry.ways()];
    }

    private static void use(Set set, int way) {
        set.recency.remove(Integer.valueOf(way));
        set.recency.addFirst(way);
        set.tree.use(way);
    }

    private int victim(Set set) {
        if (geometry.replacement() == Replacement.RANDOM) {
            random ^= random >>> 12;
            random ^= random << 25;
            random ^= random >>> 27;
            long upper = (random * 0x2545f4914f6cdd1dL) >>> 32;
            return (int) (upper * geometry.ways() / (1L << 32));
        }
        return switch (geometry.replacement()) {
            case LRU -> set.recency.getLast();
            case TREE_PLRU -> set.tree.victim(geometry.ways());
            default -> {
                int least = Arrays.stream(set.uses).min().orElseThrow();
                yield Arrays.stream(set.uses).boxed().toList().indexOf(least);
            }
        };
    }
}
