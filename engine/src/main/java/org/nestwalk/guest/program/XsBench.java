package org.nestwalk.guest.program;

import org.nestwalk.bits.Access;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// Lookups of macroscopic neutron cross-sections in a unionised energy grid, the "history-based,
/// unionised" kernel: a binary search for a random energy, then for each nuclide of a random
/// material its number and concentration, its place in the index grid, and the two neighbouring
/// points of its own grid, six numbers each.
///
/// As published: 355 nuclides, of which the fuel has 321; 12 materials with the published numbers
/// of nuclides and probabilities; 8 bytes an energy, 4 an index, 48 a grid point. Points per
/// nuclide follow from the footprint, 524 KB each (11,303 in the published "large" problem). The
/// arrays follow each other: energies, index grid, nuclide grids, nuclide numbers, concentrations.
///
/// Chosen here, because it is computed and not stored: a nuclide's energies are one uniform draw in
/// each of as many equal intervals, and which nuclides make up a material follows from the seed.
/// All accesses are loads.
final class XsBench extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "xsbench",
                    "lookups of neutron cross-sections in a unionised energy grid",
                    "Tramm, Siegel, Islam and Schulz, \"XSBench: the development and verification"
                            + " of a performance abstraction for Monte Carlo reactor analysis\","
                            + " PHYSOR 2014",
                    1 << 24,
                    XsBench::new);

    private static final int NUCLIDES = 355;
    private static final int MOST_NUCLIDES = 321;
    private static final int[] NUCLIDES_OF_MATERIAL = {321, 5, 4, 4, 27, 21, 21, 21, 21, 21, 9, 9};
    private static final double[] SHARE_OF_MATERIAL = {
        .140, .052, .275, .134, .154, .064, .066, .055, .008, .015, .025, .013
    };
    private static final int INDEX = 4;
    private static final int NUMBERS = 6;
    private static final long POINT = NUMBERS * Long.BYTES;
    private static final int LONGEST = 64;
    private static final long BYTES_OF_MATERIALS =
            12L * MOST_NUCLIDES * (Integer.BYTES + Long.BYTES);

    private final long seed;
    private final long points;
    private final long union;
    private final long energies;
    private final long indices;
    private final long grids;
    private final long numbers;
    private final long concentrations;
    private final Permutation[] nuclides;
    private final Xoshiro256 random;
    private int material;
    private int nuclide = Integer.MAX_VALUE;
    private double energy;
    private long place;

    XsBench(ProgramArguments arguments) {
        super(arguments.accesses(), LONGEST);
        seed = arguments.seed();
        long bytesEach = NUCLIDES * (Long.BYTES + (long) NUCLIDES * INDEX + POINT);
        points = (arguments.footprint() - BYTES_OF_MATERIALS - Long.BYTES) / bytesEach;
        union = points * NUCLIDES;
        energies = arguments.base();
        indices = energies + union * Long.BYTES;
        grids = (indices + union * NUCLIDES * INDEX + 7) & -Long.BYTES;
        concentrations = grids + union * POINT;
        numbers = concentrations + 12L * MOST_NUCLIDES * Long.BYTES;
        random = new Xoshiro256(seed);
        nuclides = new Permutation[NUCLIDES_OF_MATERIAL.length];
        for (int i = 0; i < nuclides.length; i++) {
            nuclides[i] = new Permutation(NUCLIDES, SplitMix64.hash(seed, i));
        }
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            at = nuclide < NUCLIDES_OF_MATERIAL[material] ? add(out, at) : search(out, at);
        } while (at <= lastStart);
        return at;
    }

    private int search(long[] out, int at) {
        energy = random.nextFraction();
        material = drawMaterial();
        nuclide = 0;
        place = (long) (energy * union);
        long low = 0;
        long high = union;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            long probe = load(energies + middle * Long.BYTES);
            out[at++] = low == 0 && high == union ? probe : Access.afterBranch(probe);
            if (place >= middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return at;
    }

    private int add(long[] out, int at) {
        long entry = (long) material * MOST_NUCLIDES + nuclide;
        long number = nuclides[material].apply(nuclide);
        nuclide++;
        long first = load(numbers + entry * Integer.BYTES);
        out[at++] = nuclide == 1 ? Access.afterBranch(first) : first;
        out[at++] = load(concentrations + entry * Long.BYTES);
        out[at++] = loadAfter(2, indices + (place * NUCLIDES + number) * INDEX);
        long grid = grids + (number * points + below(number)) * POINT;
        for (int i = 0; i < 2 * NUMBERS; i++) {
            out[at++] = loadAfter(1 + i, grid + (long) i * Long.BYTES);
        }
        return at;
    }

    /// The point of a nuclide's grid at or below the energy, at most the last but one.
    private long below(long number) {
        double scaled = energy * points;
        long interval = (long) scaled;
        long draw = SplitMix64.hash(seed, number << 48 ^ interval);
        long point = scaled - interval < SplitMix64.fraction(draw) ? interval - 1 : interval;
        return Math.min(points - 2, Math.max(0, point));
    }

    private int drawMaterial() {
        double draw = random.nextFraction();
        for (int i = NUCLIDES_OF_MATERIAL.length - 1; i > 0; i--) {
            draw -= SHARE_OF_MATERIAL[i];
            if (draw < 0) {
                return i;
            }
        }
        return 0;
    }
}
