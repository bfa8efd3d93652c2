package org.nestwalk.lab.curve;

import java.util.Arrays;

/// How many uses of pages lie between two of the same page, from which the average working set of
/// every window follows: a use keeps its page in the working set until the page is used again, but
/// for no longer than the window (Denning and Slutz, "Generalized working sets for segment
/// reference strings", Communications of the ACM 21(9), 1978). Exact for windows that are powers of
/// two.
final class ReuseIntervals {
    private static final int BRACKETS = 65;

    // By page: the time of its latest use, from 1; 0 if there is none.
    private long[] latest = new long[1024];
    private long now;
    private long begin;

    // By log2 of the least power of two that is not less: intervals, and what they add up to.
    private final double[] counts = new double[BRACKETS];
    private final double[] sums = new double[BRACKETS];
    private double first;

    /// Lets time pass in which other pages are used.
    void pass() {
        now++;
    }

    /// Uses a page, at the time that has come; one use stands for `weight` of them.
    void use(int page, double weight) {
        if (page >= latest.length) {
            latest = Arrays.copyOf(latest, Math.max(page + 1, 2 * latest.length));
        }
        long before = latest[page];
        latest[page] = now;
        if (before == 0) {
            first += weight;
        } else if (before > begin) {
            count(counts, sums, now - before, weight);
        }
    }

    /// Forgets a page.
    void remove(int page) {
        latest[page] = 0;
    }

    /// Forgets what was counted: only uses from now on make up working sets.
    void clearCounts() {
        begin = now;
        Arrays.fill(counts, 0);
        Arrays.fill(sums, 0);
        first = 0;
    }

    /// Uses of pages that had never been used before.
    double first() {
        return first;
    }

    /// The average number of pages used in a window of 1, 2, 4, ... uses, as far as there were
    /// uses.
    ///
    /// @param weight of a page at last
    double[] workingSets(double weight) {
        double[] all = counts.clone();
        double[] allSums = sums.clone();
        for (long time : latest) {
            if (time > begin) {
                count(all, allSums, now - time + 1, weight);
            }
        }
        long time = now - begin;
        double[] sets = new double[Long.SIZE - Long.numberOfLeadingZeros(time)];
        for (int power = 0; power < sets.length; power++) {
            double sum = 0;
            for (int bracket = 0; bracket < BRACKETS; bracket++) {
                sum += bracket <= power ? allSums[bracket] : all[bracket] * (1L << power);
            }
            sets[power] = sum / time;
        }
        return sets;
    }

    private static void count(double[] counts, double[] sums, long interval, double weight) {
        int bracket = Long.SIZE - Long.numberOfLeadingZeros(interval - 1);
        counts[bracket] += weight;
        sums[bracket] += weight * interval;
    }
}
