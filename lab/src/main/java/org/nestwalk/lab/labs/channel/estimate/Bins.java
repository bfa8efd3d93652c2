package org.nestwalk.lab.labs.channel.estimate;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/// Bins of about as many samples each, of two classes together; fewer where samples are equal.
final class Bins {
    private static final int MOST = 16;

    // The least value of every bin but the first, ascending.
    private final double[] edges;

    private Bins(double[] edges) {
        this.edges = edges;
    }

    static Bins of(double[] zero, double[] one) {
        double[] sorted =
                DoubleStream.concat(Arrays.stream(zero), Arrays.stream(one)).sorted().toArray();
        double[] distinct = Arrays.stream(sorted).distinct().limit(MOST + 1L).toArray();
        if (distinct.length <= MOST) {
            return new Bins(Arrays.copyOfRange(distinct, 1, distinct.length));
        }
        double[] edges = new double[MOST - 1];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = sorted[(int) ((long) sorted.length * (i + 1) / MOST)];
        }
        return new Bins(Arrays.stream(edges).filter(e -> e > sorted[0]).distinct().toArray());
    }

    int size() {
        return edges.length + 1;
    }

    int indexOf(double sample) {
        int found = Arrays.binarySearch(edges, sample);
        return found >= 0 ? found + 1 : -found - 1;
    }

    long[] count(double[] samples) {
        long[] counts = new long[size()];
        for (double sample : samples) {
            counts[indexOf(sample)]++;
        }
        return counts;
    }
}
