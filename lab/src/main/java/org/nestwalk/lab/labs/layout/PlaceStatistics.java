package org.nestwalk.lab.labs.layout;

import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;

/// What places of a guest's pages tell of their host-physical addresses, pooled over layouts.
///
/// - *Mutual information* between what a guest expects of an address, if guest-physical addresses
///   were host-physical ones, and what is true of it: of the low bits of the cache set above the
///   page offset, and of the slice. Estimated from counts, less what chance makes of independent
///   ones: (r - 1)(c - 1) / (2 n ln 2) (Miller, "Note on the bias of information estimates", 1955).
/// - *Chi-square* of independence of the two colours: of a permutation, too, the number of pages of
///   each colour is fixed on both sides, and only how they are matched is random.
/// - *Autocorrelation* of host-physical page numbers, in the order of guest-physical ones, at a
///   distance of one page.
final class PlaceStatistics {
    private static final int MOST_COLOURS = 32;
    private static final int SLICES = 8;
    private static final long PAGE = 4096;

    private final SharedCache cache;
    private final int colours;
    private final long[][] colourCounts;
    private final long[][] sliceCounts = new long[SLICES][SLICES];
    private long pages;
    private double chiSquare;
    private long degrees;
    private double products;
    private double squares;

    PlaceStatistics(SharedCache cache) {
        this.cache = cache;
        int whole = cache.colours();
        colours = Math.min(MOST_COLOURS, Integer.lowestOneBit(whole));
        colourCounts = new long[colours][colours];
    }

    /// Bits of the set above the page offset that are looked at.
    int bits() {
        return Integer.numberOfTrailingZeros(colours);
    }

    /// Adds one layout: where each page is, in the order of guest-physical addresses, 4 KiB each;
    /// -1 for a page that is nowhere.
    void add(long[] places) {
        long[][] counts = new long[colours][colours];
        double mean = mean(places);
        for (int i = 0; i < places.length; i++) {
            if (places[i] == -1) {
                continue;
            }
            int expected = cache.colour(i * PAGE) % colours;
            int found = cache.colour(places[i]) % colours;
            counts[expected][found]++;
            colourCounts[expected][found]++;
            sliceCounts[SharedCache.slice(i * PAGE)][SharedCache.slice(places[i])]++;
            pages++;
            double off = places[i] - mean;
            squares += off * off;
            if (i + 1 < places.length && places[i + 1] != -1) {
                products += off * (places[i + 1] - mean);
            }
        }
        addChiSquare(counts);
    }

    private static double mean(long[] places) {
        double sum = 0;
        int count = 0;
        for (long place : places) {
            sum += place == -1 ? 0 : place;
            count += place == -1 ? 0 : 1;
        }
        return count == 0 ? 0 : sum / count;
    }

    private void addChiSquare(long[][] counts) {
        long[] rows = new long[colours];
        long[] columns = new long[colours];
        long all = 0;
        for (int i = 0; i < colours; i++) {
            for (int j = 0; j < colours; j++) {
                rows[i] += counts[i][j];
                columns[j] += counts[i][j];
                all += counts[i][j];
            }
        }
        for (int i = 0; i < colours && all > 1; i++) {
            for (int j = 0; j < colours; j++) {
                double expected = (double) rows[i] * columns[j] / all;
                double off = counts[i][j] - expected;
                // Where both margins are fixed the mean is n / (n - 1) times that of free ones.
                chiSquare += expected == 0 ? 0 : off * off / expected * (all - 1) / all;
            }
        }
        degrees += (long) (colours - 1) * (colours - 1);
    }

    /// What it comes to.
    ///
    /// @param name of the layout
    /// @param blocks of host memory at which a granule may be; 0 if nobody says
    /// @param hidden colours that a page may have whose place in its granule is known; 0 if nobody
    ///   says
    Placement result(String name, long blocks, int hidden) {
        return new Placement(
                name,
                blocks,
                log2((double) blocks),
                blocks == 0 ? 0 : (blocks + 1) / 2.0,
                log2(hidden),
                bits(),
                information(colourCounts),
                information(sliceCounts),
                degrees == 0 || colours == 1
                        ? 1
                        : ChiSquaredDistribution.of((double) degrees)
                                .survivalProbability(chiSquare),
                squares == 0 ? 0 : products / squares);
    }

    private static double log2(double value) {
        return value <= 0 ? 0 : StrictMath.log(value) / StrictMath.log(2);
    }

    /// Mutual information by counts, in bits, less what chance makes of it; not negative.
    private double information(long[][] counts) {
        long[] rows = new long[counts.length];
        long[] columns = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            for (int j = 0; j < counts.length; j++) {
                rows[i] += counts[i][j];
                columns[j] += counts[i][j];
            }
        }
        double sum = 0;
        int cells = 0;
        for (int i = 0; i < counts.length; i++) {
            for (int j = 0; j < counts.length; j++) {
                if (counts[i][j] > 0) {
                    double both = (double) counts[i][j] / pages;
                    sum += both * log2(both * pages / rows[i] * pages / columns[j]);
                    cells++;
                }
            }
        }
        double chance = (cells - 2.0 * counts.length + 1) / (2.0 * pages * StrictMath.log(2));
        return Math.max(0, sum - Math.max(0, chance));
    }
}
