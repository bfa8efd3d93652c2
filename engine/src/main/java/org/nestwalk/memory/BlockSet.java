package org.nestwalk.memory;

import java.util.Arrays;

/// A set of numbers from 0 to `size` - 1 that finds its lowest member, and the next after a number,
/// in a step for each of at most six levels.
///
/// A bit for each number, and above every 64 words a word that says which of them are not zero: a
/// trie of 64-way nodes, 65 bits for 64 numbers. Not for several threads.
final class BlockSet {
    private static final int SHIFT = 6;

    private final long size;
    private final long[][] levels;
    private long count;

    /// The empty set of numbers below `size`, from 0 to 2^36.
    BlockSet(long size) {
        this.size = size;
        int depth = 1;
        for (long words = wordsFor(size); words > 1; words = wordsFor(words)) {
            depth++;
        }
        levels = new long[depth][];
        long words = size;
        for (int level = 0; level < depth; level++) {
            words = wordsFor(words);
            levels[level] = new long[Math.toIntExact(words)];
        }
    }

    private BlockSet(BlockSet other) {
        size = other.size;
        count = other.count;
        levels = new long[other.levels.length][];
        for (int level = 0; level < levels.length; level++) {
            levels[level] = other.levels[level].clone();
        }
    }

    BlockSet copy() {
        return new BlockSet(this);
    }

    /// One more than the largest number that can be a member.
    long size() {
        return size;
    }

    /// How many numbers are members.
    long count() {
        return count;
    }

    /// Whether `number` is a member; what is outside the bounds is not.
    boolean contains(long number) {
        return number >= 0
                && number < size
                && (levels[0][(int) (number >>> SHIFT)] >>> number & 1) != 0;
    }

    /// Adds `number`, which is in bounds and not a member.
    void add(long number) {
        count++;
        long at = number;
        for (long[] words : levels) {
            int word = (int) (at >>> SHIFT);
            long before = words[word];
            words[word] = before | 1L << at;
            if (before != 0) {
                return;
            }
            at = word;
        }
    }

    /// Adds the numbers from `from` up to, not including, `end`, which are in bounds and none of
    /// them a member.
    void addAll(long from, long end) {
        for (long at = from; at < end; ) {
            long next = Math.min(end, (at | 63) + 1);
            add(at);
            levels[0][(int) (at >>> SHIFT)] |= -1L << at & -1L >>> -next;
            count += next - at - 1;
            at = next;
        }
    }

    /// Removes `number`, which is a member.
    void remove(long number) {
        count--;
        long at = number;
        for (long[] words : levels) {
            int word = (int) (at >>> SHIFT);
            words[word] &= ~(1L << at);
            if (words[word] != 0) {
                return;
            }
            at = word;
        }
    }

    /// The lowest member that is at least `from`, which is not negative, or -1.
    long next(long from) {
        if (from >= size) {
            return -1;
        }
        long at = from;
        for (int level = 0; level < levels.length; level++) {
            int word = (int) (at >>> SHIFT);
            if (word >= levels[level].length) {
                return -1;
            }
            long members = levels[level][word] & -1L << at;
            if (members != 0) {
                return descend(level, (long) word << SHIFT | Long.numberOfTrailingZeros(members));
            }
            at = word + 1L;
        }
        return -1;
    }

    private long descend(int level, long found) {
        long at = found;
        for (int below = level - 1; below >= 0; below--) {
            at = at << SHIFT | Long.numberOfTrailingZeros(levels[below][(int) at]);
        }
        return at;
    }

    /// How many members are in [from, end), both in bounds.
    long countIn(long from, long end) {
        if (from >= end) {
            return 0;
        }
        int first = (int) (from >>> SHIFT);
        int last = (int) (end - 1 >>> SHIFT);
        long lowMask = -1L << from;
        long highMask = -1L >>> -end;
        if (first == last) {
            return Long.bitCount(levels[0][first] & lowMask & highMask);
        }
        long found = Long.bitCount(levels[0][first] & lowMask);
        for (int word = first + 1; word < last; word++) {
            found += Long.bitCount(levels[0][word]);
        }
        return found + Long.bitCount(levels[0][last] & highMask);
    }

    /// Whether both sets have the same bounds and members.
    boolean sameAs(BlockSet other) {
        return size == other.size
                && count == other.count
                && Arrays.equals(levels[0], other.levels[0]);
    }

    private static long wordsFor(long bits) {
        return Math.max(1, bits + 63 >>> SHIFT);
    }
}
