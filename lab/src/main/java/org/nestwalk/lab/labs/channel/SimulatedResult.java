package org.nestwalk.lab.labs.channel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the time of simulated walks gives away, and what defences leave of it at what cost, as far
/// as it was finished.
///
/// @param machine the processor's name
/// @param options how; noise, delays and timer in cycles
/// @param single what single measurements tell, by threat model and secret
/// @param skipped what they tell of the levels that a walk skipped
/// @param curveRatio noise over difference of the means in `curve`
/// @param curve the averaging attacker's error against prediction
/// @param doubling samples for 1 % when noise doubles; null if that was not finished
/// @param defences what is left, and at what cost
public record SimulatedResult(
        String machine,
        ChannelOptions options,
        List<SingleMeasurement> single,
        List<SkippedLevels> skipped,
        double curveRatio,
        List<AveragingAttack.Point> curve,
        @Nullable Doubling doubling,
        List<DefenceRow> defences) {
    /// Copies the lists.
    public SimulatedResult {
        single = List.copyOf(single);
        skipped = List.copyOf(skipped);
        curve = List.copyOf(curve);
        defences = List.copyOf(defences);
    }
}
