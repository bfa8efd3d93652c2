package org.nestwalk.mmu;

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
/// All of a set lies together, so that a search and the replacement after it stay within a few
/// lines of the host's caches. A *place* is the index of an entry's tag:
///
/// ```text
///  set 0                                                             set 1
/// +-----------------+-------+----------------+--------------------+--------
/// | fingerprints of | order | tags of ways   | payloads, if the   | ...
/// | 8 ways a word   |       | 0 to n - 1     | structure has them |
/// +-----------------+-------+----------------+--------------------+--------
/// ```
///
/// Sets of up to 16 ways are searched by [Fingerprints] and, under true LRU, ordered by [LruOrder],
/// free ways last; wider ones are searched through [WideSets] and have neither of the first two
/// parts; other policies are a [ReplacementPolicy]. Neither choice shows in the results. Searching
/// and inserting do not allocate.
public final class SetAssociative {
    /// The tag of a way without an entry.
    public static final long INVALID = -1L;

    private final int count;
    private final int setMask;
    private final boolean powerOfTwo;
    private final int ways;

    private final long[] sets;
    private final int stride;
    private final int firstTag;
    private final long lowWays;
    private final long highWays;

    // The usual case: narrow sets, a power of two of them, with an order word.
    private final boolean usual;

    // Null if sets are narrow.
    private final @Nullable WideSets wide;

    // Null if an order word in each set says what to replace.
    private final @Nullable ReplacementPolicy policy;

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
        this.setMask = count - 1;
        boolean narrow = ways <= LruOrder.MAX_WAYS;
        this.firstTag = !narrow ? 0 : ways <= 8 ? 2 : 3;
        this.stride = firstTag + (payloads ? 2 : 1) * ways;
        this.sets = new long[count * stride];
        this.lowWays = Fingerprints.bytes(ways);
        this.highWays = Fingerprints.bytes(ways - 8);
        this.wide = narrow ? null : new WideSets(count, ways, stride);
        boolean ordered = narrow && geometry.replacement() == Replacement.LRU;
        this.policy = ordered ? null : ReplacementPolicy.of(geometry, seed);
        this.usual = ordered && powerOfTwo;
        clear();
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
            for (int way = 0; way < ways; way++) {
                size += sets[place(set, way)] == INVALID ? 0 : 1;
            }
        }
        return size;
    }

    /// The set that `key` chooses.
    public int setOf(long key) {
        return powerOfTwo ? (int) key & setMask : (int) (key % count);
    }

    /// The place of way `way` of set `set`.
    public int place(int set, int way) {
        return set * stride + firstTag + way;
    }

    /// The tag at `place`, or [#INVALID].
    public long tag(int place) {
        return sets[place];
    }

    /// The payload at `place`, which holds an entry.
    public long payload(int place) {
        return sets[place + ways];
    }

    /// Replaces the payload at `place`, which holds an entry. Not a use.
    public void replacePayload(int place, long payload) {
        sets[place + ways] = payload;
    }

    /// The payload of the entry `tag`, or 0. A hit counts as a use of the entry.
    public long lookup(long key, long tag, long prints) {
        int place = find(key, tag, prints);
        return place < 0 ? 0 : sets[place + ways];
    }

    /// The place of the entry `tag`, or -1. A hit counts as a use of the entry.
    public int find(long key, long tag, long prints) {
        return usual
                ? findNarrow(((int) key & setMask) * stride, tag, prints)
                : findUnusual(key, tag, prints);
    }

    private int findUnusual(long key, long tag, long prints) {
        return wide == null ? findNarrow(setOf(key) * stride, tag, prints) : findWide(key, tag);
    }

    private int findNarrow(int base, long tag, long prints) {
        long candidates = candidates(base, prints);
        return candidates == 0 ? -1 : findAmong(candidates, base, tag);
    }

    /// The place of the entry `tag`, or -1, leaving no trace.
    public int peek(long key, long tag) {
        if (wide != null) {
            return wide.find(sets, tag);
        }
        int base = setOf(key) * stride;
        return locate(candidates(base, Fingerprints.spread(tag)), base, tag);
    }

    /// Places `tag`, which must not be held: in the lowest free way of its set, or else in that of
    /// the entry to be replaced. Returns the place.
    public int insert(long key, long tag, long prints) {
        assert tag != INVALID && peek(key, tag) < 0 : "already held or not a tag: " + tag;
        return usual
                ? replaceLast(((int) key & setMask) * stride, tag, prints)
                : insertUnusual(setOf(key), tag, prints);
    }

    private int insertUnusual(int set, long tag, long prints) {
        return policy == null
                ? replaceLast(set * stride, tag, prints)
                : insertByPolicy(set, tag, prints);
    }

    /// As [#insert(long,long,long)], with a payload.
    public void insert(long key, long tag, long prints, long payload) {
        sets[insert(key, tag, prints) + ways] = payload;
    }

    /// Removes the entry at `place`, if there is one.
    public void invalidate(int place) {
        long tag = sets[place];
        if (tag == INVALID) {
            return;
        }
        int set = place / stride;
        int way = place - place(set, 0);
        sets[place] = INVALID;
        if (wide != null) {
            wide.remove(place, tag);
            wide.release(set, way);
            return;
        }
        print(set * stride, way, 0);
        if (policy == null) {
            retire(set * stride, way);
        }
    }

    /// Removes all entries. What a [ReplacementPolicy] has seen remains.
    public void clear() {
        Arrays.fill(sets, 0);
        for (int set = 0; set < count; set++) {
            int first = place(set, 0);
            Arrays.fill(sets, first, first + ways, INVALID);
            if (policy == null) {
                sets[first - 1] = LruOrder.initial(ways);
            }
        }
        if (wide != null) {
            wide.clear();
        }
    }

    /// The ways of the set at `base` whose fingerprints match: bit 8w + 7 stands for way w below 8,
    /// bit 8(w - 8) + 6 for the others.
    private long candidates(int base, long prints) {
        long[] sets = this.sets;
        long candidates = Fingerprints.matches(sets[base], prints);
        if (firstTag == 3) {
            candidates |= Fingerprints.matches(sets[base + 1], prints) >>> 1;
        }
        return candidates;
    }

    private int locate(long candidates, int base, long tag) {
        for (long left = candidates; left != 0; left &= left - 1) {
            int bit = Long.numberOfTrailingZeros(left);
            int place = base + firstTag + ((bit >>> 3) | ((~bit & 1) << 3));
            if (sets[place] == tag) {
                return place;
            }
        }
        return -1;
    }

    private int findAmong(long candidates, int base, long tag) {
        int place = locate(candidates, base, tag);
        if (place >= 0) {
            int at = base + firstTag;
            int way = place - at;
            if (policy == null) {
                // Without asking whether the way is first already, which is hard to predict.
                sets[at - 1] = LruOrder.touch(sets[at - 1], way);
            } else {
                policy.hit(base / stride, way);
            }
        }
        return place;
    }

    private int findWide(long key, long tag) {
        int place = wide == null ? -1 : wide.find(sets, tag);
        if (place >= 0 && policy != null) {
            int set = setOf(key);
            int way = place - set * stride;
            if (policy instanceof LruList list) {
                // Named, so that this call is direct whatever other policies are in use.
                list.hit(set, way);
            } else {
                policy.hit(set, way);
            }
        }
        return place;
    }

    /// Places `tag` in the way that comes last in the order of its set: the lowest free one, or the
    /// least recently used.
    private int replaceLast(int base, long tag, long prints) {
        long[] sets = this.sets;
        int at = base + firstTag;
        long order = sets[at - 1];
        int way = LruOrder.last(order, ways);
        sets[at - 1] = LruOrder.rotate(order, ways);
        print(base, way, prints & 0xff);
        sets[at + way] = tag;
        return at + way;
    }

    private int insertByPolicy(int set, long tag, long prints) {
        int way = wide == null ? freeWay(set * stride) : wide.takeFree(set);
        int place = place(set, way);
        if (policy != null) {
            if (way < 0) {
                way = policy.victim(set);
                place = place(set, way);
                if (wide != null) {
                    wide.remove(place, sets[place]);
                }
            }
            policy.filled(set, way);
        }
        sets[place] = tag;
        if (wide != null) {
            wide.add(place, tag);
        } else {
            print(set * stride, way, prints & 0xff);
        }
        return place;
    }

    private int freeWay(int base) {
        long low = Fingerprints.matches(sets[base], 0) & lowWays;
        if (low != 0) {
            return Long.numberOfTrailingZeros(low) >>> 3;
        }
        long high = firstTag == 3 ? Fingerprints.matches(sets[base + 1], 0) & highWays : 0;
        return high == 0 ? -1 : 8 + (Long.numberOfTrailingZeros(high) >>> 3);
    }

    private void print(int base, int way, long print) {
        int at = base + (way >>> 3);
        sets[at] = Fingerprints.with(sets[at], way & 7, print);
    }

    /// Puts a way that has become free behind those in use, the lowest last.
    private void retire(int base, int way) {
        int at = base + firstTag - 1;
        int position = ways - 1;
        long order = LruOrder.moveToBack(sets[at], way, ways);
        while (position > 0) {
            int before = LruOrder.way(order, position - 1);
            if (sets[at + 1 + before] != INVALID || before > way) {
                break;
            }
            order = LruOrder.swap(order, position - 1, position);
            position--;
        }
        sets[at] = order;
    }
}
