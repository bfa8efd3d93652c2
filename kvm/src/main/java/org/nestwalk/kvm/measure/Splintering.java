package org.nestwalk.kvm.measure;

import org.nestwalk.bits.PageSize;

/// Finds out whether large pages of this host are splintered: held by the TLB in small pieces,
/// because a hypervisor below backs all memory by small pages, which no kernel of a guest can see.
///
/// Loads from one line of each 4 KiB of 2 MiB need as many TLB entries with large pages as with
/// small ones then, and take as long: more than the first level has, and less than the second, so
/// that what walks cost does not count. Else one entry is enough.
public final class Splintering {
    private static final long BYTES = 2L << 20;
    private static final int WARMING = 5_000;
    private static final int LOADS = 2_000;
    private static final int BURSTS = 40;

    /// The part of the time with small pages from which large ones are called splintered: 1 where
    /// they are; less by the hits in the second-level TLB where they are not, about 0.6.
    private static final double SPLINTERED = 0.8;

    private Splintering() {}

    /// Whether the pages of `large` are.
    ///
    /// @param small natively, with pages of 4K
    /// @param large natively, with pages of 2M
    public static boolean isFound(Loads small, Loads large) {
        double[] smallTimes = new double[BURSTS];
        double[] largeTimes = new double[BURSTS];
        for (int i = 0; i < BURSTS; i++) {
            smallTimes[i] = time(small);
            largeTimes[i] = time(large);
        }
        return isFound(Sampler.quantile(smallTimes), Sampler.quantile(largeTimes));
    }

    /// By the times of a load with small and with large pages.
    static boolean isFound(double small, double large) {
        return large > SPLINTERED * small;
    }

    private static double time(Loads loads) {
        return loads.chase(new LoadPattern(BYTES, PageSize.SIZE_4K.bytes()), WARMING, LOADS);
    }
}
