package org.nestwalk.mmu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

/// The tags of a set-associative structure, and which of them to replace.
///
/// An entry lives in a *slot*, numbered `set * ways + way`; what it holds besides its tag is kept
/// by the owner, in arrays indexed by slot. A *key* (page number, line number) chooses the set, by
/// its remainder modulo the number of sets; a *tag* identifies the entry and must determine the
/// key. Any `long` but [#INVALID] is a tag. Keys are not negative.
///
/// Sets of up to 16 ways are searched by [Fingerprints] and, under true LRU, ordered by [LruOrder];
/// wider ones are searched through [WideSets]; other policies are a [ReplacementPolicy]. Neither
/// choice shows in the results. Searching and inserting do not allocate.
public final class SetAssociative {
    /// The tag of a slot without an entry.
    public static final long INVALID = -1L;

    private final int sets;
    private final int ways;
    private final int setMask;
    private final boolean powerOfTwo;
    private final long[] tags;

    // Narrow sets: per set, fingerprints of ways 0-7, of ways 8-15 if there are any, and the order.
    private final int stride;
    private final long[] state;
    private final long lowWays;
    private final long highWays;

    // Null if sets are narrow.
    private final @Nullable WideSets wide;

    // Null if `state` orders the ways.
    private final @Nullable ReplacementPolicy policy;
    private int size;

    /// An empty structure.
    ///
    /// @param seed for random replacement; any value, ignored by other policies
    public SetAssociative(Geometry geometry, long seed) {
        this.sets = geometry.sets();
        this.ways = geometry.ways();
        this.powerOfTwo = Integer.bitCount(sets) == 1;
        this.setMask = sets - 1;
        this.tags = new long[geometry.entries()];
        boolean narrow = ways <= LruOrder.MAX_WAYS;
        this.stride = narrow ? (ways <= 8 ? 2 : 3) : 0;
        this.state = new long[sets * stride];
        this.lowWays = Fingerprints.bytes(ways);
        this.highWays = Fingerprints.bytes(ways - 8);
        this.wide = narrow ? null : new WideSets(sets, ways);
        boolean ordered = narrow && geometry.replacement() == Replacement.LRU;
        this.policy = ordered ? null : ReplacementPolicy.of(geometry, seed);
        for (int set = 0; set < sets && ordered; set++) {
            state[set * stride + stride - 1] = LruOrder.initial(ways);
        }
        clear();
    }

    /// The number of slots.
    public int capacity() {
        return tags.length;
    }

    /// Entries per set.
    public int ways() {
        return ways;
    }

    /// The number of entries held.
    public int size() {
        return size;
    }

    /// The tag in `slot`, or [#INVALID].
    public long tag(int slot) {
        return tags[slot];
    }

    /// The first slot of the set that `key` chooses; its ways follow.
    public int firstSlot(long key) {
        return setOf(key) * ways;
    }

    /// The slot that holds `tag`, or -1. A hit counts as a use of the entry.
    public int find(long key, long tag) {
        int set = setOf(key);
        int slot = locate(set, tag);
        if (slot >= 0) {
            touch(set, slot - set * ways);
        }
        return slot;
    }

    /// The slot that holds `tag`, or -1, leaving no trace.
    public int peek(long key, long tag) {
        return locate(setOf(key), tag);
    }

    /// Places `tag`, which must not be held: in the lowest free way of its set, or else in that of
    /// the entry to be replaced. Returns the slot.
    public int insert(long key, long tag) {
        assert tag != INVALID && peek(key, tag) < 0 : "already held or not a tag: " + tag;
        int set = setOf(key);
        WideSets wide = this.wide;
        int way = size == tags.length ? -1 : takeFreeWay(set);
        if (way < 0) {
            way = takeVictim(set);
        }
        int slot = set * ways + way;
        tags[slot] = tag;
        if (wide == null) {
            print(set, way, Fingerprints.of(tag));
        } else {
            wide.add(slot, tag);
        }
        return slot;
    }

    /// Removes the entry in `slot`, if there is one.
    public void invalidate(int slot) {
        long tag = tags[slot];
        if (tag == INVALID) {
            return;
        }
        int set = slot / ways;
        int way = slot - set * ways;
        tags[slot] = INVALID;
        size--;
        if (wide != null) {
            wide.remove(slot, tag);
            wide.release(set, way);
        } else {
            print(set, way, 0);
        }
    }

    /// Removes all entries. What the replacement policy has seen remains.
    public void clear() {
        Arrays.fill(tags, INVALID);
        size = 0;
        if (wide != null) {
            wide.clear();
        }
        for (int at = 0; at < state.length; at++) {
            if (at % stride < stride - 1) {
                state[at] = 0;
            }
        }
    }

    private int setOf(long key) {
        return powerOfTwo ? (int) key & setMask : (int) (key % sets);
    }

    private int locate(int set, long tag) {
        WideSets wide = this.wide;
        if (wide != null) {
            return wide.find(tags, tag);
        }
        long[] state = this.state;
        long[] tags = this.tags;
        int at = set * stride;
        int print = Fingerprints.of(tag);
        // Bit 8w + 7 stands for way w below 8, bit 8(w - 8) + 6 for the others.
        long candidates = Fingerprints.matches(state[at], print);
        if (stride == 3) {
            candidates |= Fingerprints.matches(state[at + 1], print) >>> 1;
        }
        int base = set * ways;
        while (candidates != 0) {
            int bit = Long.numberOfTrailingZeros(candidates);
            int slot = base + ((bit >>> 3) | ((~bit & 1) << 3));
            if (tags[slot] == tag) {
                return slot;
            }
            candidates &= candidates - 1;
        }
        return -1;
    }

    private void touch(int set, int way) {
        ReplacementPolicy policy = this.policy;
        if (policy == null) {
            int at = set * stride + stride - 1;
            // Without asking whether the way is first already, which is hard to predict.
            state[at] = LruOrder.touch(state[at], way);
        } else if (policy instanceof LruList list) {
            // Named, so that this call is direct whatever other policies are in use.
            list.hit(set, way);
        } else {
            policy.hit(set, way);
        }
    }

    /// The lowest free way of a set, in use from now on, or -1.
    private int takeFreeWay(int set) {
        int way = wide == null ? freeWay(set) : wide.takeFree(set);
        if (way >= 0) {
            size++;
            if (policy == null) {
                touch(set, way);
            } else {
                policy.filled(set, way);
            }
        }
        return way;
    }

    private int freeWay(int set) {
        int at = set * stride;
        long low = Fingerprints.matches(state[at], 0) & lowWays;
        if (low != 0) {
            return Long.numberOfTrailingZeros(low) >>> 3;
        }
        long high = stride == 3 ? Fingerprints.matches(state[at + 1], 0) & highWays : 0;
        return high == 0 ? -1 : 8 + (Long.numberOfTrailingZeros(high) >>> 3);
    }

    /// The way of a full set to replace, in use from now on.
    private int takeVictim(int set) {
        ReplacementPolicy policy = this.policy;
        if (policy == null) {
            int at = set * stride + stride - 1;
            long order = state[at];
            state[at] = LruOrder.rotate(order, ways);
            return LruOrder.victim(order, ways);
        }
        int way = policy.victim(set);
        if (wide != null) {
            int victim = set * ways + way;
            wide.remove(victim, tags[victim]);
        }
        policy.filled(set, way);
        return way;
    }

    private void print(int set, int way, int print) {
        int at = set * stride + (way >>> 3);
        state[at] = Fingerprints.with(state[at], way & 7, print);
    }
}
