package org.nestwalk.lab.compare.sample;

/// How well a sampled comparison is to know the share of translation.
///
/// @param confidence with which its intervals hold what an exact run gives, between 0 and 1
/// @param precision half of an interval's width that is good enough, as a part of the share
public record Sampling(double confidence, double precision) {
    /// Checks the bounds above.
    public Sampling {
        if (!(confidence > 0 && confidence < 1 && precision > 0)) {
            throw new IllegalArgumentException(confidence + ", " + precision);
        }
    }

    /// Whether a share is known well enough: as precisely as asked for, or as it is shown.
    boolean isEnough(ShareEstimate estimate) {
        return estimate.halfWidth() <= target(estimate);
    }

    /// How many times wider than good enough an interval is.
    double excess(ShareEstimate estimate) {
        return estimate.halfWidth() / target(estimate);
    }

    private double target(ShareEstimate estimate) {
        return Math.max(precision * estimate.share(), ShareEstimate.LEAST);
    }
}
