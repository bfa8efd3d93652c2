package org.nestwalk.lab.labs.channel.estimate;

import org.nestwalk.random.Xoshiro256;

/// Samples for tests.
final class Samples {
    private Samples() {}

    static double[] normal(double mean, double deviation, int count, long seed) {
        Gaussian gaussian = new Gaussian(new Xoshiro256(seed));
        double[] samples = new double[count];
        for (int i = 0; i < count; i++) {
            samples[i] = mean + deviation * gaussian.next();
        }
        return samples;
    }
}
