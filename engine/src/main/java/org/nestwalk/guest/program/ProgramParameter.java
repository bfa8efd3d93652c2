package org.nestwalk.guest.program;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// A parameter of a program.
///
/// @param name as users write it
/// @param meaning one phrase
/// @param kind how values are written
/// @param defaultValue in canonical form
/// @param min smallest value, for the kinds that are numbers
/// @param max largest value, for the kinds that are numbers
/// @param multiple what values of kind [Kind#SIZE] must be a multiple of, 1 for any
/// @param choices the words to choose from, for [Kind#CHOICE]
public record ProgramParameter(
        String name,
        String meaning,
        Kind kind,
        String defaultValue,
        double min,
        double max,
        long multiple,
        List<String> choices) {

    /// How values are written.
    public enum Kind {
        /// Bytes, as [Quantities#size] reads them.
        SIZE,
        /// A count, as [Quantities#count] reads it.
        COUNT,
        /// A whole number with sign: any 64-bit value.
        SEED,
        /// A number with an optional fraction.
        NUMBER,
        /// A linear address, hexadecimal.
        ADDRESS,
        /// One of the words of `choices`.
        CHOICE
    }

    /// Copies the list.
    public ProgramParameter {
        choices = List.copyOf(choices);
    }

    static ProgramParameter size(String name, String meaning, long value, long min, long max) {
        return number(
                name, meaning, Kind.SIZE, Quantities.formatSize(value), (double) min, (double) max);
    }

    static ProgramParameter multiple(
            String name, String meaning, long value, long multiple, long max) {
        return new ProgramParameter(
                name,
                meaning,
                Kind.SIZE,
                Quantities.formatSize(value),
                (double) multiple,
                (double) max,
                multiple,
                List.of());
    }

    static ProgramParameter count(String name, String meaning, long value, long min, long max) {
        return number(
                name,
                meaning,
                Kind.COUNT,
                Quantities.formatCount(value),
                (double) min,
                (double) max);
    }

    static ProgramParameter fraction(String name, String meaning, double value, double max) {
        return number(name, meaning, Kind.NUMBER, Double.toString(value), 0, max);
    }

    static ProgramParameter number(
            String name, String meaning, Kind kind, String value, double min, double max) {
        return new ProgramParameter(name, meaning, kind, value, min, max, 1, List.of());
    }

    static ProgramParameter choice(String name, String meaning, String... choices) {
        return new ProgramParameter(
                name, meaning, Kind.CHOICE, choices[0], 0, 0, 1, List.of(choices));
    }

    /// What values are allowed, in words: `4KiB to 64TiB`.
    public String bounds() {
        return switch (kind) {
            case SIZE ->
                    Quantities.formatSize((long) min)
                            + " to "
                            + Quantities.formatSize((long) max)
                            + (multiple == 1 ? "" : ", a multiple of " + multiple);
            case COUNT ->
                    Quantities.formatCount((long) min)
                            + " to "
                            + Quantities.formatCount((long) max);
            case SEED -> "any whole number of 64 bits";
            case NUMBER -> plain(min) + " to " + plain(max);
            case ADDRESS ->
                    "0x" + Long.toHexString((long) min) + " to 0x" + Long.toHexString((long) max);
            case CHOICE -> String.join(", ", choices);
        };
    }

    /// Checks `text` and returns it in canonical form; an [InputException] that begins with `where`
    /// says what is wrong with it.
    String canonical(String text, String where) {
        return switch (kind) {
            case SIZE -> {
                long bytes = Quantities.size(text, where);
                inBounds((double) bytes, text, where);
                if (bytes % multiple != 0) {
                    throw outOfBounds(text, where);
                }
                yield Quantities.formatSize(bytes);
            }
            case COUNT -> {
                long count = Quantities.count(text, where);
                inBounds((double) count, text, where);
                yield Quantities.formatCount(count);
            }
            case SEED -> Long.toString(seed(text, where));
            case NUMBER -> {
                double number = real(text, where);
                inBounds(number, text, where);
                yield Double.toString(number);
            }
            case ADDRESS -> {
                long address = Quantities.address(text, where);
                inBounds((double) address, text, where);
                yield "0x" + Long.toHexString(address);
            }
            case CHOICE -> {
                if (!choices.contains(text)) {
                    throw outOfBounds(text, where);
                }
                yield text;
            }
        };
    }

    private void inBounds(double value, String text, String where) {
        if (!(value >= min && value <= max)) {
            throw outOfBounds(text, where);
        }
    }

    private InputException outOfBounds(String text, String where) {
        String expected = kind == Kind.CHOICE ? "one of " : "";
        return new InputException(where + ": '" + text + "' is not " + expected + bounds());
    }

    private double real(String text, String where) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InputException(where + ": '" + text + "' is not a number, " + bounds(), e);
        }
    }

    private static long seed(String text, String where) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new InputException(
                    where + ": '" + text + "' is not a whole number of 64 bits", e);
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
