package org.nestwalk.memory;

import java.util.Locale;
import org.nestwalk.InputException;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// How fragmented the memory of a machine is made before anything runs on it: by frames of other
/// tenants between those that are free.
///
/// The degree is the unusable free space index for blocks of order 9, 2 MiB
/// ([FragmentationMeasures#unusableIndex]): the fraction of free memory in which no 2-MiB page
/// fits. It can be reached wherever a frame is free, and costs free memory: on 64 GiB, a degree of
/// 0.9 takes about 0.45 % of it as `random` frames and 7 % as `clustered` ones, a degree of 1 about
/// 2.5 % and 22 %.
///
/// @param degree the index that is reached at least, 0 to 1; 0 imposes nothing
/// @param kind how the occupied frames lie
public record Fragmentation(double degree, Kind kind) {
    /// No fragmentation.
    public static final Fragmentation NONE = new Fragmentation(0, Kind.RANDOM);

    /// The mean length of a run of occupied frames in [Kind#CLUSTERED], 64 KiB; an assumption.
    public static final int MEAN_RUN = 16;

    private static final double LOG_OF_STAYING = StrictMath.log1p(-1.0 / MEAN_RUN);

    /// How the occupied frames lie.
    public enum Kind {
        /// Each frame is occupied or not independently of others: with an occupancy u, an aligned
        /// block of 512 frames is free with probability (1 - u)^512.
        RANDOM,

        /// In runs of adjacent frames that begin anywhere, with lengths of geometric distribution
        /// and mean [#MEAN_RUN]: at the same occupancy more blocks stay free, and for the same
        /// degree more frames are occupied.
        CLUSTERED
    }

    /// Checks the bounds above.
    public Fragmentation {
        if (!(degree >= 0 && degree <= 1)) {
            throw new IllegalArgumentException("degree of fragmentation " + degree);
        }
    }

    /// The fragmentation that `spec` names: `none`, `D:random` or `D:clustered`, with D from 0 to
    /// 1. An [InputException] says what else was given.
    public static Fragmentation parse(String spec) {
        if (spec.equals("none")) {
            return NONE;
        }
        int colon = spec.indexOf(':');
        String name = colon < 0 ? "" : spec.substring(colon + 1);
        Kind kind =
                switch (name) {
                    case "random" -> Kind.RANDOM;
                    case "clustered" -> Kind.CLUSTERED;
                    default ->
                            throw new InputException(
                                    "unknown fragmentation '"
                                            + spec
                                            + "'; use none, D:random or D:clustered with D from 0"
                                            + " to 1, as in 0.9:random");
                };
        double degree;
        try {
            degree = Double.parseDouble(spec.substring(0, colon));
        } catch (NumberFormatException e) {
            throw new InputException(badDegree(spec), e);
        }
        if (!(degree >= 0 && degree <= 1)) {
            throw new InputException(badDegree(spec));
        }
        return new Fragmentation(degree, kind);
    }

    /// The text that [#parse] makes this from.
    public String spec() {
        return degree == 0 ? "none" : degree + ":" + kind.name().toLowerCase(Locale.ROOT);
    }

    /// Allocates frames of `allocator`, drawn by `seed`, until its index is at least the degree,
    /// which the last frame or run may exceed. The last free frame stays free. Nothing is allocated
    /// if the index is there already, as it is, by definition, where nothing is free.
    ///
    /// @return the frames that were allocated, all of order 0
    public OtherTenants impose(BuddyAllocator allocator, long seed) {
        OtherTenants tenants = new OtherTenants(allocator);
        if (degree == 0) {
            return tenants;
        }
        Permutation starts = new Permutation(allocator.totalFrames(), SplitMix64.hash(seed, 1));
        Xoshiro256 lengths = new Xoshiro256(SplitMix64.hash(seed, 2));
        for (long i = 0;
                i < starts.size()
                        && FragmentationMeasures.unusableIndex(allocator, BuddyAllocator.ORDER_2M)
                                < degree;
                i++) {
            long start = allocator.base() + (starts.apply(i) << BuddyAllocator.FRAME_SHIFT);
            if (allocator.isFree(start)) {
                tenants.occupy(start, kind == Kind.RANDOM ? 1 : runLength(lengths));
            }
        }
        return tenants;
    }

    /// From 1, geometrically distributed.
    private static long runLength(Xoshiro256 random) {
        return 1 + (long) (StrictMath.log1p(-random.nextFraction()) / LOG_OF_STAYING);
    }

    private static String badDegree(String spec) {
        return "fragmentation '"
                + spec
                + "': the degree is a number from 0 to 1, the fraction of free memory in which no"
                + " 2-MiB page fits, as in 0.9:random";
    }
}
