package org.nestwalk.lab.sweep;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// Something that a study varies, or keeps the same if there is one value.
///
/// @param name of a parameter of the experiment; or `program.KEY`, a parameter of its programs; or
///   the path of a field of the machine, as behind a machine's name: `tlb.l2.entries`
/// @param values as texts, in order, each once
public record Axis(String name, List<String> values) {
    private static final int MOST_VALUES = 1_000_000;
    private static final Pattern RANGE =
            Pattern.compile("(.+?)\\.\\.([^x+]+)(?:x([0-9.]+)|\\+(.+))?");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,9})?");

    /// Copies the list.
    ///
    /// @throws InputException if it has no value, or one twice
    public Axis {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new InputException(name + ": names no value");
        }
        if (new HashSet<>(values).size() < values.size()) {
            throw new InputException(
                    "%s: names a value twice: %s".formatted(name, String.join(",", values)));
        }
    }

    /// The axis of `name` with all values that `texts` stand for: values, or ranges of counts,
    /// sizes or numbers, both ends included: `1..5` by ones, `10..50+10`, and `512..8192x2` by
    /// factors.
    ///
    /// @throws InputException if a range makes no sense
    public static Axis of(String name, List<String> texts) {
        List<String> values = new ArrayList<>();
        for (String text : texts) {
            Matcher range = RANGE.matcher(text.strip());
            if (range.matches() && isNumber(range.group(1)) && isNumber(range.group(2))) {
                addRange(name, range, values);
            } else {
                values.add(text.strip());
            }
            if (values.size() > MOST_VALUES) {
                throw new InputException("%s: more than %,d values".formatted(name, MOST_VALUES));
            }
        }
        return new Axis(name, values);
    }

    private static boolean isNumber(String text) {
        if (NUMBER.matcher(text).matches()) {
            return true;
        }
        try {
            return isSize(text) ? Quantities.size(text, "") >= 0 : Quantities.count(text, "") >= 0;
        } catch (InputException e) {
            return false;
        }
    }

    private static boolean isSize(String text) {
        return text.endsWith("B");
    }

    private static void addRange(String name, Matcher range, List<String> values) {
        String first = range.group(1);
        BigDecimal from = number(first);
        BigDecimal to = number(range.group(2));
        BigDecimal factor = range.group(3) == null ? null : number(range.group(3));
        BigDecimal step = range.group(4) == null ? BigDecimal.ONE : number(range.group(4));
        boolean grows =
                factor == null
                        ? step.signum() > 0
                        : factor.compareTo(BigDecimal.ONE) > 0 && from.signum() > 0;
        if (!grows || to.compareTo(from) < 0) {
            throw new InputException(
                    "%s: %s leads nowhere; write FROM..TO, FROM..TO+STEP or FROM..TOxFACTOR, with FROM not above TO"
                            .formatted(name, range.group()));
        }
        for (BigDecimal at = from; at.compareTo(to) <= 0; ) {
            values.add(text(at, isSize(first) || isSize(range.group(2))));
            if (values.size() > MOST_VALUES) {
                return;
            }
            at = factor == null ? at.add(step) : at.multiply(factor);
        }
    }

    private static BigDecimal number(String text) {
        if (NUMBER.matcher(text).matches()) {
            return new BigDecimal(text);
        }
        return BigDecimal.valueOf(
                isSize(text) ? Quantities.size(text, "range") : Quantities.count(text, "range"));
    }

    private static String text(BigDecimal value, boolean size) {
        if (size) {
            return Quantities.formatSize(value.setScale(0, RoundingMode.HALF_EVEN).longValue());
        }
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
