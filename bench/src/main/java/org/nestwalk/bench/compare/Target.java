package org.nestwalk.bench.compare;

import java.util.Locale;

/// A bound that a measured value should keep.
///
/// @param bound the last value that is good
/// @param atLeast whether values should not be below it, rather than not above
/// @param unit what follows the number, such as ` M/s`; empty for a ratio
/// @param enforced whether `--check` fails on it; not for what depends on the host's speed
record Target(double bound, boolean atLeast, String unit, boolean enforced) {
    /// A ratio of at least `bound`, enforced.
    static Target ratio(double bound) {
        return new Target(bound, true, "", true);
    }

    /// A rate of at least `bound` million a second on the reference host, not enforced.
    static Target rate(double bound) {
        return new Target(bound, true, " M/s", false);
    }

    /// At most `bound` of `unit`.
    static Target atMost(double bound, String unit, boolean enforced) {
        return new Target(bound, false, unit, enforced);
    }

    /// Whether `value` keeps the bound.
    boolean isMetBy(double value) {
        return atLeast ? value >= bound : value <= bound;
    }

    /// What a host `factor` times as fast as the reference host should reach.
    Target scaled(double factor) {
        return new Target(atLeast ? bound * factor : bound / factor, atLeast, unit, enforced);
    }

    /// For example `>= 40 M/s`.
    String text() {
        return (atLeast ? ">= " : "<= ") + number(bound) + unit;
    }

    /// `value` with as many digits as are worth reading.
    static String number(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        String text = String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
