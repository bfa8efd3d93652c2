package org.nestwalk.mmu.sets;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

/// A set-associative structure: entries that are found by a tag, and which of them to replace.
///
/// A *key* (page number, line number) chooses the set, by its remainder modulo the number of sets;
/// a *tag* identifies the entry and must determine the key; a *payload*, never 0, is what the entry
/// is kept for, in structures that have payloads. Any `long` but [#INVALID] is a tag. Keys are not
/// negative. *Prints* are the tag's [Fingerprints#spread], which callers with several structures
/// compute once.
///
/// A *place* is the index of an entry's tag; its payload comes next. Sets of up to 16 ways are
/// [NarrowSets]; wider ones are searched through [WideSets]. Narrow sets order their ways by true
/// LRU themselves; other policies are a [ReplacementPolicy]. Neither choice shows in the results.
/// Searching and inserting do not allocate.
public final class SetAssociative {
    /// The tag of a way without an entry.
    public static final long INVALID = -1L;

    private final int count;
    private final boolean powerOfTwo;
    private final int ways;

    private final long[] sets;
    private final int stride;
    private final int firstEntry;
    private final int entryShift;

    // Exactly one of them is null.
    private final @Nullable NarrowSets narrow;
    private final @Nullable WideSets wide;

    // Null if narrow sets say themselves what to replace.
    private final @Nullable ReplacementPolicy policy;

    // The usual case: narrow sets, a power of two of them, without a policy. Null in others.
    private final @Nullable NarrowSets usual;

    /// An empty structure without payloads.
    ///
    /// @param seed for random replacement; any value, ignored by other policies
    public SetAssociative(Geometry geometry, long seed) {
        this(geometry, false, seed);
    }

    /// An empty structure.
    ///
    /// @param payloads whether its entries have one
    /// @param seed for random replacement; any value, ignored by other policies
    public SetAssociative(Geometry geometry, boolean payloads, long seed) {
        this.count = geometry.sets();
        this.ways = geometry.ways();
        this.powerOfTwo = Integer.bitCount(count) == 1;
        this.entryShift = payloads ? 1 : 0;
        boolean isNarrow = ways <= LruOrder.MAX_WAYS;
        boolean ordered = isNarrow && geometry.replacement() == Replacement.LRU;
        this.policy = ordered ? null : ReplacementPolicy.of(geometry, seed);
        if (isNarrow) {
            this.narrow = new NarrowSets(count, ways, entryShift, ordered);
            this.wide = null;
            this.firstEntry = NarrowSets.firstPlace();
            this.stride = narrow.stride();
            this.sets = narrow.words();
        } else {
            this.narrow = null;
            this.firstEntry = 0;
            this.stride = ways << entryShift;
            this.sets = new long[count * stride];
            this.wide = new WideSets(count, ways, stride);
            Arrays.fill(sets, INVALID);
        }
        this.usual = ordered && powerOfTwo ? narrow : null;
    }

    /// The sets if they are narrow, a power of two of them and under true LRU, or null.
    public @Nullable NarrowSets usual() {
        return usual;
    }

    /// The number of sets.
    public int sets() {
        return count;
    }

    /// Entries per set.
    public int ways() {
        return ways;
    }

    /// The number of entries held, counted on request.
    public int size() {
        int size = 0;
        for (int set = 0; set < count; set++) {
            for (int way = isKnownEmpty(set) ? ways : 0; way < ways; way++) {
                size += sets[place(set, way)] == INVALID ? 0 : 1;
            }
        }
        return size;
    }

    /// Whether set `set` holds nothing, if that can be told at a glance; else false.
    public boolean isKnownEmpty(int set) {
        return narrow != null && narrow.isEmpty(set * stride);
    }

    /// The set that `key` chooses.
    public int setOf(long key) {
        return powerOfTwo ? (int) key & count - 1 : (int) (key % count);
    }

    /// The place of way `way` of set `set`.
    public int place(int set, int way) {
        return set * stride + firstEntry + (way << entryShift);
    }

    /// The tag at `place`, or [#INVALID].
    public long tag(int place) {
        return sets[place];
    }

    /// The payload at `place`, which holds an entry.
    public long payload(int place) {
        return sets[place + 1];
    }

    /// Replaces the payload at `place`, which holds an entry. Not a use.
    public void replacePayload(int place, long payload) {
        sets[place + 1] = payload;
    }

    /// The payload of the entry `tag`, or 0. A hit counts as a use of the entry.
    public long lookup(long key, long tag, long prints) {
        int place = find(key, tag, prints);
        return place < 0 ? 0 : sets[place + 1];
    }

    /// The place of the entry `tag`, or -1. A hit counts as a use of the entry.
    public int find(long key, long tag, long prints) {
        NarrowSets usual = this.usual;
        return usual == null
                ? findUnusual(key, tag, prints)
                : usual.find(usual.base(key), tag, prints);
    }

    private int findUnusual(long key, long tag, long prints) {
        int set = setOf(key);
        int place = narrow == null ? findWide(tag) : narrow.find(set * stride, tag, prints);
        if (place >= 0 && policy != null) {
            int way = place - place(set, 0) >> entryShift;
            if (policy instanceof LruList list) {
                // Named, so that this call is direct whatever other policies are in use.
                list.hit(set, way);
            } else {
                policy.hit(set, way);
            }
        }
        return place;
    }

    private int findWide(long tag) {
        return wide == null ? -1 : wide.find(sets, tag);
    }

    /// The place of the entry `tag`, or -1, leaving no trace.
    public int peek(long key, long tag) {
        return peek(key, tag, Fingerprints.spread(tag));
    }

    /// As [#peek(long,long)], for entries that were placed with `prints`.
    public int peek(long key, long tag, long prints) {
        return narrow == null ? findWide(tag) : narrow.peek(setOf(key) * stride, tag, prints);
    }

    /// Places `tag`, which must not be held: in the lowest free way of its set, or else in that of
    /// the entry to be replaced. Returns the place.
    public int insert(long key, long tag, long prints) {
        assert tag != INVALID && peek(key, tag, prints) < 0 : "already held or not a tag: " + tag;
        NarrowSets usual = this.usual;
        return usual == null
                ? insertUnusual(setOf(key), tag, prints)
                : usual.replaceLast(usual.base(key), tag, prints);
    }

    private int insertUnusual(int set, long tag, long prints) {
        if (policy == null) {
            return narrow == null ? -1 : narrow.replaceLast(set * stride, tag, prints);
        }
        int way = takeFree(set);
        if (way < 0) {
            way = policy.victim(set);
            if (wide != null) {
                wide.remove(place(set, way), sets[place(set, way)]);
            }
        }
        policy.filled(set, way);
        if (narrow != null) {
            return narrow.put(set * stride, way, tag, prints);
        }
        int place = place(set, way);
        sets[place] = tag;
        if (wide != null) {
            wide.add(place, tag);
        }
        return place;
    }

    private int takeFree(int set) {
        if (narrow != null) {
            return narrow.freeWay(set * stride);
        }
        return wide == null ? -1 : wide.takeFree(set);
    }

    /// As [#insert(long,long,long)], with a payload.
    public void insert(long key, long tag, long prints, long payload) {
        sets[insert(key, tag, prints) + 1] = payload;
    }

    /// Whether the entry `tag`, which is also its key, was held. It is now used, or else inserted.
    public boolean useOrInsert(long tag, long prints) {
        NarrowSets usual = this.usual;
        if (usual != null) {
            return usual.useOrInsert(tag, prints);
        }
        if (find(tag, tag, prints) >= 0) {
            return true;
        }
        insert(tag, tag, prints);
        return false;
    }

    /// Removes the entry at `place`, if there is one.
    public void invalidate(int place) {
        long tag = sets[place];
        if (tag == INVALID) {
            return;
        }
        int set = place / stride;
        int way = place - place(set, 0) >> entryShift;
        if (narrow != null) {
            narrow.remove(set * stride, way);
        } else if (wide != null) {
            sets[place] = INVALID;
            wide.remove(place, tag);
            wide.release(set, way);
        }
    }

    /// Removes all entries. What a [ReplacementPolicy] has seen remains.
    public void clear() {
        if (narrow != null) {
            narrow.clear();
        } else if (wide != null) {
            Arrays.fill(sets, INVALID);
            wide.clear();
        }
    }
}
