package org.nestwalk.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Numbers as people write them on a command line: every numeric option of every command takes
/// `5000000`, `5M` or `1.5G`, in powers of 1000. Sizes in bytes are options of text, which
/// [Quantities#size] reads.
final class Numbers {
    private static final Pattern INTEGER = Pattern.compile("[-+]?\\d{1,40}");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?\\d{1,40}(\\.\\d{1,40})?([eE][-+]?\\d{1,3})?");
    private static final String WHOLE = "a whole number such as 1000, 500k, 50M or 1.5G";

    private Numbers() {}

    /// Makes the commands of `line` read their numbers so.
    static void register(CommandLine line) {
        ITypeConverter<Long> whole = Numbers::toLong;
        ITypeConverter<Integer> small = Numbers::toInt;
        ITypeConverter<Double> real = Numbers::toDouble;
        line.registerConverter(Long.class, whole)
                .registerConverter(long.class, whole)
                .registerConverter(Integer.class, small)
                .registerConverter(int.class, small)
                .registerConverter(Double.class, real)
                .registerConverter(double.class, real)
                .registerConverter(Path.class, Numbers::toPath);
    }

    private static Path toPath(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the name of a file is empty");
        }
        return Path.of(text);
    }

    private static long toLong(String text) {
        if (!INTEGER.matcher(text).matches()) {
            return count(text, WHOLE);
        }
        BigInteger value = new BigInteger(text);
        if (value.bitLength() >= Long.SIZE) {
            throw bad(text, "within -2^63 and 2^63");
        }
        return value.longValue();
    }

    private static int toInt(String text) {
        long value = toLong(text);
        if (value != (int) value) {
            throw bad(text, "within -2^31 and 2^31");
        }
        return (int) value;
    }

    private static double toDouble(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return count(text, "a number such as 0.5, 1000, 1e-4 or 10k");
        }
        double value = new BigDecimal(text).doubleValue();
        if (Double.isInfinite(value)) {
            throw bad(text, "within -10^308 and 10^308");
        }
        return value;
    }

    private static long count(String text, String expected) {
        try {
            return Quantities.count(text, "");
        } catch (InputException e) {
            throw bad(text, expected);
        }
    }

    private static TypeConversionException bad(String text, String expected) {
        return new TypeConversionException("'%s' is not %s".formatted(text, expected));
    }
}
