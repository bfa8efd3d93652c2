package org.nestwalk.lab.labs.channel;

import org.nestwalk.lab.labs.channel.defence.Defence;
import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// What an attacker measures: latencies as they are, what a defence makes of them, and normal
/// noise.
final class Observer {
    private final double[] latencies;
    private final Defence defence;
    private final double noise;
    private final Xoshiro256 random;
    private final Gaussian gaussian;

    /// @param latencies of the victim's accesses, drawn from at random
    /// @param noise deviation of the measurement in cycles
    Observer(double[] latencies, Defence defence, double noise, long seed) {
        this.latencies = latencies;
        this.defence = defence;
        this.noise = noise;
        this.random = new Xoshiro256(seed);
        this.gaussian = new Gaussian(new Xoshiro256(SplitMix64.hash(seed, 1)));
    }

    /// One measurement.
    double next() {
        double latency = latencies[(int) random.nextBelow(latencies.length)];
        double taken = defence.delay(latency, random, gaussian);
        return defence.read(taken + noise * gaussian.next(), random);
    }

    /// `count` measurements.
    double[] next(int count) {
        double[] samples = new double[count];
        for (int i = 0; i < count; i++) {
            samples[i] = next();
        }
        return samples;
    }
}
