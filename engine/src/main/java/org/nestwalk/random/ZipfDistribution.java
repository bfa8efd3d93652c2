package org.nestwalk.random;

/// Ranks from 1 to `size` with probability proportional to 1 / rank^exponent, drawn in constant
/// time and memory by rejection-inversion.
///
/// Source: Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
/// distributions", ACM TOMACS 6(3), 1996. What elementary functions have to decide is decided by
/// those of [StrictMath], so that draws are the same everywhere.
public final class ZipfDistribution {
    private static final long IN_DOUBT = 0;
    private static final long REJECTED = -1;
    private static final double POWER_ERROR = 1e-12;

    private final long size;
    private final double exponent;
    private final double areaToOne;
    private final double areaToSize;
    private final double squeeze;
    private final double inverse;
    private final double error;

    /// Over `size` ranks, at least 1, with an `exponent` above 0.
    public ZipfDistribution(long size, double exponent) {
        if (size < 1 || !(exponent > 0)) {
            throw new IllegalArgumentException("Zipf over " + size + " with " + exponent);
        }
        this.size = size;
        this.exponent = exponent;
        areaToOne = area(1.5) - 1;
        areaToSize = area(size + 0.5);
        squeeze = 2 - inverseArea(area(2.5) - density(2));
        inverse = 1 / (1 - exponent);
        error = 1e-13 + 1e-15 * Math.abs(inverse);
    }

    /// A rank, from 1 to `size`.
    public long next(Xoshiro256 random) {
        while (true) {
            double u = areaToSize + random.nextFraction() * (areaToOne - areaToSize);
            long obvious = obvious(u);
            if (obvious > 0) {
                return obvious;
            }
            if (obvious == REJECTED) {
                continue;
            }
            double x = inverseArea(u);
            long rank = Math.min(size, Math.max(1, (long) (x + 0.5)));
            if (rank - x <= squeeze || u >= area(rank + 0.5) - density((double) rank)) {
                return rank;
            }
        }
    }

    /// The rank that is drawn with `u`, or [#REJECTED], found with faster functions, whose results
    /// depend on the processor; [#IN_DOUBT] if their error, or anything else, leaves a doubt.
    ///
    /// The sum `1 + t` and all functions are right to one unit in the last place. Of the logarithm
    /// of a rank, below 44, that makes less than 1e-13 and 1e-15 times `inverse`, which is as well
    /// the relative error of the rank.
    private long obvious(double u) {
        double x = Math.exp(Math.log(1 + u * (1 - exponent)) * inverse);
        double doubt = error * x;
        long rank = (long) (x + 0.5);
        double below = rank - x;
        boolean isRank = rank >= 1 && rank <= size && below < 0.5 - doubt && below > -0.5 + doubt;
        if (!isRank) {
            return IN_DOUBT;
        }
        if (below < squeeze - doubt) {
            return rank;
        }
        return below > squeeze + doubt ? obviouslyAccepted(u, rank) : IN_DOUBT;
    }

    /// `rank` if `u` lies in the part of its area that is kept, likewise.
    ///
    /// Powers lie below 440 in magnitude, exponents being 10 at most, and are wrong by less than
    /// 2e-13 after three roundings; so is what is made of them, as a part of itself.
    private long obviouslyAccepted(double u, long rank) {
        double grown = Math.exp((1 - exponent) * Math.log(rank + 0.5)) / (1 - exponent);
        double density = Math.exp(-exponent * Math.log((double) rank));
        double area = grown - 1 / (1 - exponent);
        double above = u - (area - density);
        double doubt = POWER_ERROR * (Math.abs(grown) + density + Math.abs(u) + Math.abs(inverse));
        if (!(Math.abs(above) > doubt)) {
            return IN_DOUBT;
        }
        return above > 0 ? rank : REJECTED;
    }

    private double density(double x) {
        return StrictMath.exp(-exponent * StrictMath.log(x));
    }

    /// The integral of the density from 1 to `x`.
    private double area(double x) {
        double log = StrictMath.log(x);
        double power = (1 - exponent) * log;
        return Math.abs(power) < 1e-8
                ? log * (1 + power / 2)
                : StrictMath.expm1(power) / (1 - exponent);
    }

    private double inverseArea(double area) {
        double t = Math.max(-1, area * (1 - exponent));
        double log = Math.abs(t) < 1e-8 ? area * (1 - t / 2) : StrictMath.log1p(t) / (1 - exponent);
        return StrictMath.exp(log);
    }
}
