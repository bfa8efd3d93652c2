package org.nestwalk.document;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers as people read them, the same in every locale.
public final class Figures {
    // A conversion with its argument's index, if it has one, or what a count decides.
    private static final Pattern PART =
            Pattern.compile(
                    "%(?:(?<index>\\d+)\\$)?[-#+ 0,(]*[\\d.]*(?<kind>[a-zA-Z%])"
                            + "|\\{(?:(?<one>[^{}|]*)\\|)?(?<many>[^{}|]*)\\}");

    private Figures() {}

    /// [String#format] without a locale, in which words follow counts: after a `%d`, `{s}` stands
    /// for a plural's ending, which is left out if the number is 1, and `{is|are}` for either word:
    ///
    /// ```text
    /// %,d fill{s} {was|were} left out   1 fill was left out   2 fills were left out
    /// %,d access{es}                    1 access              2 accesses
    /// ```
    public static String format(String format, Object... values) {
        return String.format(
                Locale.ROOT, format.indexOf('{') < 0 ? format : numbered(format, values), values);
    }

    /// `format` with the words that its counts ask for.
    private static String numbered(String format, Object... values) {
        StringBuilder text = new StringBuilder();
        Matcher part = PART.matcher(format);
        int next = 0;
        boolean isOne = false;
        while (part.find()) {
            String kind = part.group("kind");
            if (kind == null) {
                String one = part.group("one") == null ? "" : part.group("one");
                String chosen = isOne ? one : part.group("many");
                part.appendReplacement(text, Matcher.quoteReplacement(chosen));
                continue;
            }
            if (!kind.equals("%") && !kind.equals("n")) {
                String index = part.group("index");
                int argument = index == null ? next++ : Integer.parseInt(index) - 1;
                if (kind.equals("d")) {
                    isOne = ((Number) values[argument]).longValue() == 1;
                }
            }
        }
        return part.appendTail(text).toString();
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
        if (bytes < 0) {
            return "-" + bytes(-bytes);
        }
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
