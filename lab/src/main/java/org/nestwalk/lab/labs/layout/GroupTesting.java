package org.nestwalk.lab.labs.layout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.random.Xoshiro256;

/// Finds lines that evict another one by group testing (Vila, Köpf and Morales, "Theory and
/// practice of finding eviction sets", S&P 2019): of lines that evict it together, one part of w +
/// 1 after another is left out, until one can be spared, as long as there are more than w lines.
final class GroupTesting {
    private static final double FIRST = 1.5;
    private static final double GROWTH = 1.25;

    private final int ways;
    private final Test test;
    private final Xoshiro256 random;

    /// Whether lines evict the one that is looked for.
    @FunctionalInterface
    interface Test {
        /// Tries it.
        boolean evict(List<Long> lines);
    }

    /// @param ways lines of a set
    GroupTesting(int ways, Test test, Xoshiro256 random) {
        this.ways = ways;
        this.test = test;
        this.random = random;
    }

    /// What was found.
    ///
    /// @param candidates lines that it began with
    /// @param lines that are left, as many as the set has if all went well
    record Found(int candidates, List<Long> lines) {}

    /// Looks among `candidates`, of which one in `hidden` is expected to be in the set: begins with
    /// enough of them, and takes more until they evict.
    Found find(List<Long> candidates, int hidden) {
        List<Long> all = new ArrayList<>(candidates);
        for (int i = all.size() - 1; i > 0; i--) {
            Collections.swap(all, i, (int) random.nextBelow(i + 1L));
        }
        int count = (int) Math.min(all.size(), Math.ceil(FIRST * ways * hidden));
        while (!test.evict(all.subList(0, count)) && count < all.size()) {
            count = (int) Math.min(all.size(), Math.ceil(GROWTH * count));
        }
        List<Long> set = new ArrayList<>(all.subList(0, count));
        while (set.size() > ways) {
            List<Long> less = spare(set);
            if (less == null) {
                break;
            }
            set = less;
        }
        return new Found(count, set);
    }

    /// The lines without a part that can be spared; null if none can.
    private @Nullable List<Long> spare(List<Long> set) {
        int groups = ways + 1;
        for (int group = 0; group < groups; group++) {
            int from = (int) ((long) set.size() * group / groups);
            int to = (int) ((long) set.size() * (group + 1) / groups);
            if (from < to && set.size() - (to - from) >= ways) {
                List<Long> rest = new ArrayList<>(set.subList(0, from));
                rest.addAll(set.subList(to, set.size()));
                if (test.evict(rest)) {
                    return rest;
                }
            }
        }
        return null;
    }
}
