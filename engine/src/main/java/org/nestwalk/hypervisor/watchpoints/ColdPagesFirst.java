package org.nestwalk.hypervisor.watchpoints;

import java.util.Arrays;
import org.nestwalk.random.Xoshiro256;

/// Pages at random, rarely accessed ones rather than others: a page's weight is the inverse of the
/// accesses that it has each time that it is armed, which the traps themselves tell: estimated as
/// the mean of a Gamma distribution that begins with shape 1 and the mean of all pages. All pages
/// stay possible.
///
/// As many pages are armed as ever, so that a bug that hits pages evenly is found as often, at the
/// cost of fewer legitimate accesses. One that hits hot pages is found less often.
///
/// Weighted choice without replacement: the greatest of u^(1/weight) (Efraimidis and Spirakis,
/// "Weighted random sampling with a reservoir", Information Processing Letters 97(5), 2006).
public final class ColdPagesFirst implements PageChoice {
    private final Xoshiro256 random;
    private long[] accesses = {};
    private long[] times = {};
    private double[] keys = {};
    private long allAccesses;
    private long allTimes;

    /// The same seed makes the same choices of the same accesses.
    public ColdPagesFirst(long seed) {
        random = new Xoshiro256(seed);
    }

    @Override
    public void next(int pages, int[] armed) {
        if (keys.length != pages) {
            accesses = new long[pages];
            times = new long[pages];
            keys = new double[pages];
        }
        for (int i = 0; i < pages; i++) {
            // The logarithm of the key, which has the same order.
            keys[i] = StrictMath.log(1 - random.nextFraction()) * heat(i);
        }
        double[] sorted = keys.clone();
        Arrays.sort(sorted);
        double least = sorted[pages - armed.length];
        int count = take(armed, 0, least, false);
        int _ = take(armed, count, least, true);
        for (int page : armed) {
            times[page]++;
        }
        allTimes += armed.length;
    }

    /// Takes the pages whose key is `least`, or above it, as long as there is room.
    private int take(int[] armed, int from, double least, boolean equal) {
        int count = from;
        for (int i = 0; i < keys.length && count < armed.length; i++) {
            if (equal ? keys[i] == least : keys[i] > least) {
                armed[count] = i;
                count++;
            }
        }
        return count;
    }

    /// Accesses that a page has each time that it is armed, over those of an average page; 1 of one
    /// that never was.
    private double heat(int page) {
        double mean = (1.0 + allAccesses) / (1.0 + allTimes);
        return (1 + accesses[page]) / (1 + mean * times[page]);
    }

    @Override
    public void accessed(int page) {
        accesses[page]++;
        allAccesses++;
    }
}
