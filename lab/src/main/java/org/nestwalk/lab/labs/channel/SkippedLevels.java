package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.labs.channel.defence.NoDefence;
import org.nestwalk.lab.labs.channel.estimate.Roc;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.random.SplitMix64;

/// What single measurements tell of the levels that a walk skipped, because entries of an upper
/// level were cached.
///
/// @param threat who times
/// @param start 0 if walks began at the root, n after a cached entry of level n
/// @param walks seen
/// @param mean cycles
/// @param deviation of them
/// @param area under the ROC, with noise, against the row before; 0.5 in the first
public record SkippedLevels(
        String threat, int start, int walks, double mean, double deviation, double area) {
    private static final int LEAST = 100;

    static List<SkippedLevels> of(
            ThreatModel threat, SimulatedLatencies source, double noise, long seed) {
        List<SkippedLevels> rows = new ArrayList<>();
        double[] before = {};
        for (Map.Entry<Integer, double[]> kind : source.byStart(LEAST).entrySet()) {
            double[] cycles = kind.getValue();
            double[] measured =
                    new Observer(
                                    cycles,
                                    new NoDefence(),
                                    noise,
                                    SplitMix64.hash(seed, kind.getKey()))
                            .next(SingleMeasurement.SAMPLES);
            double area = before.length == 0 ? 0.5 : Roc.of(before, measured).area();
            rows.add(
                    new SkippedLevels(
                            threat.label(),
                            kind.getKey(),
                            cycles.length,
                            Sensitivity.mean(cycles),
                            Math.sqrt(Sensitivity.variance(cycles)),
                            Math.max(area, 1 - area)));
            before = measured;
        }
        return rows;
    }
}
