package org.nestwalk.document;

import java.util.Locale;

/// Numbers as people read them, the same in every locale.
public final class Figures {
    private Figures() {}

    /// [String#format] without a locale.
    public static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /// A part, 0 to 1, in percent: with a decimal if below ten.
    public static String percent(double part) {
        double percent = 100 * part;
        return format(Math.abs(percent) < 9.95 ? "%.1f %%" : "%.0f %%", percent);
    }

    /// `count` for each `of` with two decimals; `-` if there is none.
    public static String ratio(long count, long of) {
        return of == 0 ? "-" : format("%.2f", (double) count / of);
    }

    /// `part` of `of` in percent; `-` if `of` is 0.
    public static String share(long part, long of) {
        return of == 0 ? "-" : percent((double) part / of);
    }

    /// Bytes in the largest unit, up to GiB, of which there is one.
    public static String bytes(long bytes) {
        if (bytes >= 1L << 30) {
            return format("%.1f GiB", bytes / (double) (1L << 30));
        }
        return bytes >= 1L << 20
                ? format("%.1f MiB", bytes / (double) (1L << 20))
                : format("%d KiB", bytes >> 10);
    }

    /// Nanoseconds in the largest unit, up to seconds, of which there is one.
    public static String time(long nanoseconds) {
        if (nanoseconds >= 1_000_000_000) {
            return format("%.2f s", nanoseconds / 1e9);
        }
        if (nanoseconds >= 1_000_000) {
            return format("%.2f ms", nanoseconds / 1e6);
        }
        return nanoseconds >= 1_000
                ? format("%.2f us", nanoseconds / 1e3)
                : format("%d ns", nanoseconds);
    }
}
