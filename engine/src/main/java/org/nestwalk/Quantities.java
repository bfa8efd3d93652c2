package org.nestwalk;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes, counts and addresses as people write them.
public final class Quantities {
    private static final Pattern QUANTITY =
            Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?) ?(\\p{L}*)");

    private static final Map<String, Long> BINARY =
            Map.of(
                    "", 1L, "b", 1L, "k", 1L << 10, "kib", 1L << 10, "m", 1L << 20, "mib", 1L << 20,
                    "g", 1L << 30, "gib", 1L << 30, "t", 1L << 40, "tib", 1L << 40);

    private static final Map<String, Long> DECIMAL =
            Map.of("", 1L, "k", 1_000L, "m", 1_000_000L, "g", 1_000_000_000L);

    private static final Map<String, Long> TIME =
            Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

    private Quantities() {}

    /// Bytes: a whole number, or one with KiB, MiB, GiB or TiB (also K, M, G, T, all powers of
    /// 1024; in any case) or plain. An [InputException] that begins with `where` says what else was
    /// given.
    public static long size(String text, String where) {
        return quantity(
                text, BINARY, where, "a size in bytes such as 4096, 64KiB, 2MiB, 1.5GiB or 4TiB");
    }

    /// A count: a whole number, or one with k, M or G (powers of 1000; in any case) or plain.
    public static long count(String text, String where) {
        return quantity(text, DECIMAL, where, "a count such as 1000, 500k, 50M or 1.5G");
    }

    /// Nanoseconds: a number with ns, us, ms or s.
    public static long time(String text, String where) {
        return quantity(text, TIME, where, "a time such as 500us, 100ms or 1.5s");
    }

    /// `nanoseconds`, not negative, with the largest unit that divides it: `1s`, `1500us`, `7ns`.
    public static String formatTime(long nanoseconds) {
        String[] units = {"s", "ms", "us"};
        long unit = 1_000_000_000L;
        for (String name : units) {
            if (nanoseconds != 0 && nanoseconds % unit == 0) {
                return nanoseconds / unit + name;
            }
            unit /= 1000;
        }
        return nanoseconds + "ns";
    }

    /// An address: hexadecimal with 0x, at most 64 bits.
    public static long address(String text, String where) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : "";
        try {
            return Intrinsics.parseUnsigned(digits, 16);
        } catch (NumberFormatException e) {
            throw new InputException(
                    where + ": '" + text + "' is not an address such as 0x7f0000000000", e);
        }
    }

    /// `bytes`, not negative, with the largest unit that divides it: `64GiB`, `1536KiB`, `100`.
    public static String formatSize(long bytes) {
        String[] units = {"TiB", "GiB", "MiB", "KiB"};
        for (int i = 0; i < units.length; i++) {
            int shift = 40 - 10 * i;
            if (bytes != 0 && (bytes & ((1L << shift) - 1)) == 0) {
                return (bytes >> shift) + units[i];
            }
        }
        return Long.toString(bytes);
    }

    /// `count`, not negative, with the largest unit that divides it: `50M`, `1500k`, `17`.
    public static String formatCount(long count) {
        String[] units = {"G", "M", "k"};
        long unit = 1_000_000_000L;
        for (String name : units) {
            if (count != 0 && count % unit == 0) {
                return count / unit + name;
            }
            unit /= 1000;
        }
        return Long.toString(count);
    }

    /// `count` of what `one` names: `1 access`, `2 accesses`, `5,000 bytes`, `3 child processes`.
    public static String counted(long count, String one) {
        String ending = one.matches(".*(s|x|ch|sh)") ? "es" : "s";
        return String.format(Locale.ROOT, "%,d %s%s", count, one, count == 1 ? "" : ending);
    }

    private static long quantity(
            String text, Map<String, Long> units, String where, String expected) {
        Matcher matcher = QUANTITY.matcher(text);
        if (matcher.matches()) {
            Long unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
            if (unit != null && unit == 1 && matcher.group(1).contains(".")) {
                throw new InputException(where + ": '" + text + "' is not a whole number");
            }
            if (unit != null) {
                try {
                    return new BigDecimal(matcher.group(1))
                            .multiply(BigDecimal.valueOf(unit))
                            .longValueExact();
                } catch (ArithmeticException e) {
                    throw new InputException(
                            where + ": '" + text + "' is not a whole number below 2^63", e);
                }
            }
        }
        throw new InputException(where + ": '" + text + "' is not " + expected);
    }
}
