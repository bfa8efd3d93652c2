package org.nestwalk.lab.labs.layout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nestwalk.random.Xoshiro256;

/// A guest that looks for lines of its own that share a cache set with one of its lines: what
/// Prime+Probe begins with (Liu et al., "Last-level cache side-channel attacks are practical", S&P
/// 2015). It reads its own memory by guest-physical address and measures time.
///
/// Group testing (Vila, Köpf and Morales, "Theory and practice of finding eviction sets", S&P 2019):
/// of lines that evict the target together, one part of w + 1 after another is left out, until one
/// can be spared; w ways are left after rounds whose number grows with the logarithm, at a cost in
/// proportion to how many lines there were at first.
final class EvictionSets {
    private static final double FIRST = 1.5;
    private static final double GROWTH = 1.25;

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
        List<Long> all = new ArrayList<>(candidates);
        for (int i = all.size() - 1; i > 0; i--) {
            Collections.swap(all, i, (int) random.nextBelow(i + 1L));
        }
        int count = (int) Math.min(all.size(), Math.ceil(FIRST * cache.ways() * hidden));
        while (!evicts(target, all.subList(0, count)) && count < all.size()) {
            count = (int) Math.min(all.size(), Math.ceil(GROWTH * count));
        }
        List<Long> set = reduce(target, new ArrayList<>(all.subList(0, count)));
        boolean found = set.size() == cache.ways() && areCongruent(target, set);
        return new Attempt(
                found, count, cache.accesses() - before, cache.cycles() - cyclesBefore);
    }

    /// Leaves out what is not needed; ends early if nothing can be spared.
    private List<Long> reduce(long target, List<Long> lines) {
        List<Long> set = lines;
        while (set.size() > cache.ways()) {
            List<Long> less = spare(target, set);
            if (less == null) {
                return set;
            }
            set = less;
        }
        return set;
    }

    private @Nullable List<Long> spare(long target, List<Long> set) {
        int groups = cache.ways() + 1;
        for (int group = 0; group < groups; group++) {
            int from = (int) ((long) set.size() * group / groups);
            int to = (int) ((long) set.size() * (group + 1) / groups);
            if (from < to) {
                List<Long> rest = new ArrayList<>(set.subList(0, from));
                rest.addAll(set.subList(to, set.size()));
                if (rest.size() >= cache.ways() && evicts(target, rest)) {
                    return rest;
                }
            }
        }
        return null;
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
        return lines.stream()
                .allMatch(line -> cache.colour(places.applyAsLong(line)) == colour);
    }
}
