package org.nestwalk.lab.calibrate;

/// How likely items of several kinds are found in a structure that keeps the most recently used,
/// when each is used at random at a rate of its own: the approximation of Che, Tung and Wang (IEEE
/// JSAC 20(7), 2002), in which an item is there if it was used within the characteristic time, that
/// in which as many items are used as there is room for.
final class Occupancy {
    private static final int STEPS = 60;

    private final double[] items;
    private final double[] rates;
    private final double time;

    /// A structure with room for `entries` items.
    ///
    /// @param items how many there are of each kind
    /// @param uses how often one of the kind is used, together
    Occupancy(long entries, double[] items, double[] uses) {
        this.items = items;
        this.rates = new double[items.length];
        double used = 0;
        for (int i = 0; i < items.length; i++) {
            rates[i] = uses[i] / Math.max(1, items[i]);
            used += uses[i] > 0 ? items[i] : 0;
        }
        time = used <= entries ? Double.POSITIVE_INFINITY : characteristicTime(entries);
    }

    private double characteristicTime(long entries) {
        double low = 0;
        double high = 1;
        while (present(high) < entries) {
            high *= 2;
        }
        for (int i = 0; i < STEPS && high - low > 1e-6 * high; i++) {
            double middle = (low + high) / 2;
            if (present(middle) < entries) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private double present(double time) {
        double sum = 0;
        for (int i = 0; i < items.length; i++) {
            sum -= items[i] * Math.expm1(-rates[i] * time);
        }
        return sum;
    }

    /// The part of the uses of a kind that find their item.
    double hits(int kind) {
        return rates[kind] == 0 || time == Double.POSITIVE_INFINITY
                ? 1
                : -Math.expm1(-rates[kind] * time);
    }
}
