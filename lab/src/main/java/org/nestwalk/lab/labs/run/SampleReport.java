package org.nestwalk.lab.labs.run;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.compare.sample.SampledResult;
import org.nestwalk.lab.compare.sample.ShareEstimate;

/// How a sampled run came to its figures, as JSON.
///
/// @param confidence with which each interval holds what an exact run gives
/// @param precision half of the width that was asked for, as a part of the share
/// @param reached whether every interval is as narrow as that
/// @param passes over the workload
/// @param units that the last pass measured at random places, beside the first accesses; 0 if it
///   measured everything, because sampling would have spared nothing
/// @param measured accesses that were measured
/// @param detailed accesses that were simulated in detail: these, and those that filled caches and
///   TLBs before them
/// @param setups the interval of each setup, in their order
public record SampleReport(
        double confidence,
        double precision,
        boolean reached,
        int passes,
        int units,
        long measured,
        long detailed,
        List<Share> setups) {
    /// Copies the list.
    public SampleReport {
        setups = List.copyOf(setups);
    }

    /// Translation's part of a setup's cycles.
    ///
    /// @param name the setup
    /// @param share as estimated, 0 to 1
    /// @param low lower end of the interval
    /// @param high upper end of the interval
    public record Share(String name, double share, double low, double high) {
        /// Half of the interval's width as a part of the share; 0 if both are.
        double relative() {
            return high == low ? 0 : (high - low) / 2 / Math.max(share, Double.MIN_NORMAL);
        }
    }

    static SampleReport of(SampledResult result) {
        SampledResult.Sample sample = result.sample();
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < sample.shares().size(); i++) {
            ShareEstimate estimate = sample.shares().get(i);
            shares.add(
                    new Share(
                            result.result().setups().get(i).name(),
                            estimate.share(),
                            estimate.low(),
                            estimate.high()));
        }
        return new SampleReport(
                sample.sampling().confidence(),
                sample.sampling().precision(),
                sample.reached(),
                sample.passes(),
                sample.units(),
                sample.measured(),
                sample.made(),
                shares);
    }

    /// Whether everything was measured.
    boolean isExact() {
        return units == 0;
    }
}
