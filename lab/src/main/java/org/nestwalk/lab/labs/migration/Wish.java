package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// A bound that a migration has to keep, such as `downtime<300ms`.
///
/// @param metric what is bounded
/// @param most the bound, in the metric's unit
/// @param text as it was written
record Wish(Metric metric, double most, String text) {
    private static final Pattern GRAMMAR = Pattern.compile("([a-z]+)\\s*<\\s*([0-9.]+)\\s*(.*)");
    private static final String RIGHT =
            "a wish is downtime<TIME, pause<TIME, time<TIME, slowdown<N% or bytes<SIZE, such as"
                    + " downtime<300ms,time<5min";

    /// What can be bounded.
    enum Metric {
        DOWNTIME,
        PAUSE,
        TIME,
        SLOWDOWN,
        BYTES;

        double of(Move move) {
            return switch (this) {
                case DOWNTIME -> move.downtime();
                case PAUSE -> move.longestPause();
                case TIME -> move.nanoseconds();
                case SLOWDOWN -> move.slowdown();
                case BYTES -> move.bytes();
            };
        }

        String shown(double figure) {
            return switch (this) {
                case DOWNTIME, PAUSE, TIME -> Figures.time(Math.round(figure));
                case SLOWDOWN -> Figures.percent(figure);
                case BYTES -> Figures.bytes(Math.round(figure));
            };
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Whether a migration keeps it.
    boolean isKept(Move move) {
        return move.succeeded() && metric.of(move) < most;
    }

    /// How far a migration is from it: below 1 if it keeps it.
    double share(Move move) {
        return metric.of(move) / most;
    }

    /// Wishes, separated by commas.
    ///
    /// @throws InputException if `text` is something else
    static List<Wish> read(String text) {
        List<Wish> wishes = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            wishes.add(readOne(one.strip()));
        }
        return wishes;
    }

    private static Wish readOne(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new InputException("'" + text + "' is no wish; " + RIGHT);
        }
        String name = matcher.group(1);
        for (Metric metric : Metric.values()) {
            if (metric.label().equals(name)) {
                double most = bound(metric, matcher.group(2), matcher.group(3), text);
                if (!(most > 0)) {
                    throw new InputException("'" + text + "' can never be; " + RIGHT);
                }
                return new Wish(metric, most, text.replaceAll("\\s", ""));
            }
        }
        throw new InputException("'" + text + "' wishes for nothing that is known; " + RIGHT);
    }

    private static double bound(Metric metric, String number, String unit, String text) {
        if (metric == Metric.BYTES) {
            return Quantities.size(number + unit, text);
        }
        double value;
        try {
            value = Double.parseDouble(number);
        } catch (NumberFormatException e) {
            throw new InputException("'" + text + "' has no number; " + RIGHT, e);
        }
        if (metric == Metric.SLOWDOWN) {
            if (!unit.equals("%")) {
                throw new InputException("'" + text + "' has no %; " + RIGHT);
            }
            return value / 100;
        }
        return value
                * switch (unit) {
                    case "us" -> 1e3;
                    case "ms" -> 1e6;
                    case "s" -> 1e9;
                    case "min" -> 60e9;
                    case "h" -> 3600e9;
                    default ->
                            throw new InputException(
                                    "'" + text + "' has no unit us, ms, s, min or h; " + RIGHT);
                };
    }
}
