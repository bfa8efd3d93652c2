package org.nestwalk.parameter;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// Which values a [Parameter] can have, and how they are written. Every value has one canonical
/// text, which reads as the same value again.
public sealed interface Domain {
    /// Checks `text` and returns it in canonical form.
    ///
    /// @param where what to call the parameter in a message
    /// @throws InputException that begins with `where` and says what would be right
    String canonical(String text, String where);

    /// Which values there are, in words that follow the meaning: `4KiB to 64TiB`; empty if the
    /// meaning says it.
    String bounds();

    /// What stands for a value in help, in capitals: `SIZE`.
    String symbol();

    private static InputException outside(String text, String where, String right) {
        return new InputException(where + ": '" + text + "' is not " + right);
    }

    /// Bytes, as [Quantities#size] reads them.
    ///
    /// @param min smallest value
    /// @param max largest value
    /// @param multiple what values must be a multiple of, 1 for any
    record Size(long min, long max, long multiple) implements Domain {
        @Override
        public String canonical(String text, String where) {
            long bytes = Quantities.size(text, where);
            if (bytes < min || bytes > max || bytes % multiple != 0) {
                throw outside(text, where, bounds());
            }
            return Quantities.formatSize(bytes);
        }

        @Override
        public String bounds() {
            String range = Quantities.formatSize(min) + " to " + Quantities.formatSize(max);
            String unit =
                    multiple < 1024 ? Long.toString(multiple) : Quantities.formatSize(multiple);
            return multiple == 1 ? range : range + ", a multiple of " + unit;
        }

        @Override
        public String symbol() {
            return "SIZE";
        }
    }

    /// A count, as [Quantities#count] reads it.
    ///
    /// @param min smallest value
    /// @param max largest value; [Long#MAX_VALUE] for all from `min`
    record Count(long min, long max) implements Domain {
        @Override
        public String canonical(String text, String where) {
            long count;
            try {
                count = Quantities.count(text, where);
            } catch (InputException e) {
                throw new InputException(e.getMessage() + "; it is " + bounds(), e);
            }
            if (count < min || count > max) {
                throw outside(text, where, bounds());
            }
            return Quantities.formatCount(count);
        }

        @Override
        public String bounds() {
            return max == Long.MAX_VALUE
                    ? Quantities.formatCount(min) + " or more"
                    : Quantities.formatCount(min) + " to " + Quantities.formatCount(max);
        }

        @Override
        public String symbol() {
            return "N";
        }
    }

    /// A whole number with sign: any 64-bit value.
    record Seed() implements Domain {
        @Override
        public String canonical(String text, String where) {
            try {
                return Long.toString(Long.parseLong(text.strip()));
            } catch (NumberFormatException e) {
                throw new InputException(
                        where + ": '" + text + "' is not a whole number of 64 bits", e);
            }
        }

        @Override
        public String bounds() {
            return "any whole number of 64 bits";
        }

        @Override
        public String symbol() {
            return "N";
        }
    }

    /// A number with an optional fraction, or a count as [Quantities#count] reads it.
    ///
    /// @param min smallest value; [Double#MIN_VALUE] for all above 0
    /// @param max largest value
    /// @param unit such as `cycles`; empty for none
    record Real(double min, double max, String unit) implements Domain {
        private static final Pattern DECIMAL =
                Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");

        @Override
        public String canonical(String text, String where) {
            double number = number(text, where);
            if (!(number >= min && number <= max)) {
                throw outside(text, where, bounds());
            }
            return Double.toString(number);
        }

        @Override
        public String bounds() {
            String range =
                    min == Double.MIN_VALUE
                            ? "above 0, up to " + plain(max)
                            : plain(min) + " to " + plain(max);
            return (range + " " + unit).strip();
        }

        private double number(String text, String where) {
            try {
                return DECIMAL.matcher(text).matches()
                        ? Double.parseDouble(text)
                        : Quantities.count(text, where);
            } catch (InputException e) {
                throw new InputException(
                        where + ": '" + text + "' is not a number, " + bounds(), e);
            }
        }

        @Override
        public String symbol() {
            return unit.isEmpty() ? "X" : unit.toUpperCase(Locale.ROOT);
        }

        private static String plain(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }
    }

    /// A linear address, hexadecimal.
    ///
    /// @param min smallest value
    /// @param max largest value
    record Address(long min, long max) implements Domain {
        @Override
        public String canonical(String text, String where) {
            long address = Quantities.address(text, where);
            if (address < min || address > max) {
                throw outside(text, where, bounds());
            }
            return hex(address);
        }

        @Override
        public String bounds() {
            return hex(min) + " to " + hex(max);
        }

        @Override
        public String symbol() {
            return "ADDRESS";
        }

        private static String hex(long address) {
            return "0x" + Long.toHexString(address);
        }
    }

    /// Whether something is done that is not done unless it is asked for.
    record Flag() implements Domain {
        /// That it is done.
        public static final String SET = "true";

        /// That it is not done.
        public static final String UNSET = "false";

        @Override
        public String canonical(String text, String where) {
            return new Choice(List.of(SET, UNSET)).canonical(text, where);
        }

        @Override
        public String bounds() {
            return "";
        }

        @Override
        public String symbol() {
            return "";
        }
    }

    /// One of some words, in upper or lower case.
    ///
    /// @param words to choose from
    record Choice(List<String> words) implements Domain {
        /// Copies the list.
        public Choice {
            words = List.copyOf(words);
        }

        @Override
        public String canonical(String text, String where) {
            return words.stream()
                    .filter(word -> word.equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> outside(text, where, "one of " + bounds()));
        }

        @Override
        public String bounds() {
            return String.join(", ", words);
        }

        @Override
        public String symbol() {
            return String.join("|", words);
        }
    }

    /// What has a grammar of its own.
    ///
    /// @param symbol what stands for it in help, such as `PROGRAM`
    /// @param bounds as [Domain#bounds]
    /// @param reader makes the canonical form; throws [InputException] for what it cannot read
    record Text(String symbol, String bounds, UnaryOperator<String> reader) implements Domain {
        @Override
        public String canonical(String text, String where) {
            try {
                return reader.apply(text);
            } catch (InputException e) {
                throw new InputException(where + ": " + e.getMessage(), e);
            }
        }
    }
}
