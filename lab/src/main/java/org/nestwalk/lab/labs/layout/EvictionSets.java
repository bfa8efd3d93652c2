package org.nestwalk.lab.labs.layout;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.nestwalk.random.Xoshiro256;

/// A guest that looks for lines of its own that share a cache set with one of its lines: what
/// Prime+Probe begins with (Liu et al., "Last-level cache side-channel attacks are practical", S&P
/// 2015). It reads its own memory by guest-physical address and measures time.
final class EvictionSets {
    private static final int MODELS = 20;

    private final SharedCache cache;
    private final LongUnaryOperator places;
    private final Runnable afterAccess;
    private final Xoshiro256 random;

    /// @param places from guest-physical to host-physical address, as they are at the moment
    /// @param afterAccess told of each access that it makes
    EvictionSets(
            SharedCache cache, LongUnaryOperator places, Runnable afterAccess, Xoshiro256 random) {
        this.cache = cache;
        this.places = places;
        this.afterAccess = afterAccess;
        this.random = random;
    }

    /// What an attempt came to.
    ///
    /// @param found as many lines as the cache has ways, each of the target's set
    /// @param candidates lines that it began with
    /// @param accesses that it made
    /// @param cycles that they took
    record Attempt(boolean found, int candidates, long accesses, long cycles) {}

    /// Looks for the lines that share a set with the line at `target`.
    ///
    /// @param candidates addresses, of which some do, at random
    /// @param hidden one of how many is expected to
    Attempt attempt(long target, List<Long> candidates, int hidden) {
        long before = cache.accesses();
        long cyclesBefore = cache.cycles();
        GroupTesting.Found set =
                new GroupTesting(cache.ways(), lines -> evicts(target, lines), random)
                        .find(candidates, hidden);
        boolean found = set.lines().size() == cache.ways() && areCongruent(target, set.lines());
        return new Attempt(
                found, set.candidates(), cache.accesses() - before, cache.cycles() - cyclesBefore);
    }

    /// Accesses of an attempt, on average, by a model without memory or cache: each of `candidates`
    /// lines is in the set with probability 1 / `hidden`, and as many as there are ways evict.
    static double predicted(int ways, int candidates, int hidden, long seed) {
        Xoshiro256 random = new Xoshiro256(seed);
        LongAdder accesses = new LongAdder();
        List<Long> lines = LongStream.range(0, candidates).boxed().toList();
        for (int i = 0; i < MODELS; i++) {
            BitSet congruent = new BitSet(candidates);
            for (int line = 0; line < candidates; line++) {
                congruent.set(line, random.nextBelow(hidden) == 0);
            }
            GroupTesting.Found _ =
                    new GroupTesting(
                                    ways,
                                    some -> {
                                        accesses.add(some.size() + 2L);
                                        return some.stream()
                                                        .filter(line ->
                                                                congruent.get(line.intValue()))
                                                        .count()
                                                >= ways;
                                    },
                                    random)
                            .find(lines, hidden);
        }
        return (double) accesses.sum() / MODELS;
    }

    /// Whether reading `lines` has the target read from memory afterwards.
    private boolean evicts(long target, List<Long> lines) {
        boolean _ = read(target);
        for (long line : lines) {
            boolean _ = read(line);
        }
        return !read(target);
    }

    private boolean read(long gpa) {
        boolean hit = cache.access(places.applyAsLong(gpa));
        afterAccess.run();
        return hit;
    }

    /// Whether all lines are in the target's set now, as only the experiment can see.
    private boolean areCongruent(long target, List<Long> lines) {
        int colour = cache.colour(places.applyAsLong(target));
        return lines.stream().allMatch(line -> cache.colour(places.applyAsLong(line)) == colour);
    }
}
