package org.nestwalk.lab.compare.sample;

import java.util.List;
import org.nestwalk.lab.compare.ComparisonResult;

/// The outcome of a sampled comparison.
///
/// @param result as of a comparison, but estimated; without intervals
/// @param sample how
public record SampledResult(ComparisonResult result, Sample sample) {
    /// How a sample was taken.
    ///
    /// @param sampling what was asked for
    /// @param passes over the workload
    /// @param units that the last pass measured, beside the first accesses; 0 if it measured all
    /// @param measured accesses of these and the first ones
    /// @param made accesses simulated in detail, to measure them or to have caches and TLBs filled
    /// @param reached whether every share is known as well as asked for
    /// @param shares of translation, of each setup
    public record Sample(
            Sampling sampling,
            int passes,
            int units,
            long measured,
            long made,
            boolean reached,
            List<ShareEstimate> shares) {
        /// Copies the list.
        public Sample {
            shares = List.copyOf(shares);
        }
    }

    /// Everything was measured.
    static SampledResult exact(ComparisonResult result, Sampling sampling) {
        long accesses = result.setups().getFirst().counts().accesses();
        return new SampledResult(
                result,
                new Sample(
                        sampling,
                        1,
                        0,
                        accesses,
                        accesses + result.options().warmup(),
                        result.complete(),
                        result.setups().stream()
                                .map(setup ->
                                        new ShareEstimate(
                                                setup.translationShare(result.options().machine()),
                                                0))
                                .toList()));
    }
}
