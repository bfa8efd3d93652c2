package org.nestwalk.lab.labs.prefetch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Bin;

/// What first touches took, in order.
final class TouchTimes {
    private final long[] times;

    TouchTimes(long[] times) {
        this.times = times.clone();
    }

    /// What `part` of all took no longer than: a value that was seen (nearest rank).
    long percentile(double part) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(part * sorted.length);
        return sorted[Math.max(1, rank) - 1];
    }

    /// All of them together.
    long sum() {
        return Arrays.stream(times).sum();
    }

    /// What a task needs that touches `job` pages each time: its longest activation less its
    /// shortest. Touches that fill no activation are left out, unless there is none.
    long jitter(int job) {
        long least = Long.MAX_VALUE;
        long most = 0;
        int activations = Math.max(1, times.length / job);
        for (int i = 0; i < activations; i++) {
            int from = i * job;
            long time = Arrays.stream(times, from, Math.min(times.length, from + job)).sum();
            least = Math.min(least, time);
            most = Math.max(most, time);
        }
        return most - least;
    }

    /// Counts by powers of two, those that are not 0.
    List<Bin> histogram() {
        long[] counts = new long[Long.SIZE];
        for (long time : times) {
            counts[time <= 1 ? 0 : Long.SIZE - 1 - Long.numberOfLeadingZeros(time)]++;
        }
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                bins.add(new Bin(1L << i, counts[i]));
            }
        }
        return bins;
    }
}
