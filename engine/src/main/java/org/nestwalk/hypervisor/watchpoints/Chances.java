package org.nestwalk.hypervisor.watchpoints;

/// What chance makes of watchpoints, as formulas.
///
/// A bad access to a page of M, k of which are armed at random and independently of it, is seen
/// with probability p = k / M; one of n such with 1 - (1 - p)^n; on one of m machines with 1 - (1 -
/// p)^(mn).
public final class Chances {
    private Chances() {}

    /// The probability that one of `count` bad accesses is seen.
    ///
    /// @param each probability that one is, 0 to 1
    public static double seen(double each, double count) {
        return -StrictMath.expm1(count * StrictMath.log1p(-each));
    }

    /// How many bad accesses there are until one is seen with probability `wanted`.
    ///
    /// @param each above 0, below 1
    /// @param wanted 0 to 1, below 1
    public static double needed(double each, double wanted) {
        return StrictMath.log1p(-wanted) / StrictMath.log1p(-each);
    }
}
