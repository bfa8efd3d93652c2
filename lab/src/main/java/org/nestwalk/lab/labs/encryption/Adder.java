package org.nestwalk.lab.labs.encryption;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Figures;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What encryption adds to a reference that misses all caches: cycles, or time that is cycles on a
/// processor of some frequency.
///
/// @param amount of cycles or nanoseconds, finite and not negative
/// @param inNanoseconds whether it is of nanoseconds
record Adder(double amount, boolean inNanoseconds) {
    private static final String NAME = "adder";
    private static final String NANOSECONDS = "ns";

    /// The parameter for several of them.
    static Parameter parameter() {
        Domain domain =
                new Domain.Text(
                        "E",
                        Figures.format(
                                "cycles, 0 to %d, or nanoseconds such as 10ns",
                                MemoryEncryption.MOST_CYCLES),
                        text -> {
                            parse(text);
                            return text;
                        });
        return Parameter.of(
                        NAME,
                        "what encryption adds to a reference that misses all caches",
                        domain,
                        "0")
                .by("0", "10", "20", "40")
                .several();
    }

    /// The cycles of all that were given, on a processor of `frequencyGHz`, each to the nearest.
    ///
    /// @throws InputException if one is more than can be added
    static List<Integer> cycles(Arguments given, double frequencyGHz) {
        return given.texts(NAME).stream().map(text -> cycles(given, text, frequencyGHz)).toList();
    }

    private static int cycles(Arguments given, String text, double frequencyGHz) {
        Adder adder = parse(text);
        double cycles = Math.rint(adder.amount * (adder.inNanoseconds ? frequencyGHz : 1));
        if (cycles > MemoryEncryption.MOST_CYCLES) {
            throw given.bad(
                    NAME,
                    Figures.format(
                            "'%s' is %,.0f cycles, not 0 to %,d",
                            text, cycles, MemoryEncryption.MOST_CYCLES));
        }
        return (int) cycles;
    }

    private static Adder parse(String text) {
        boolean inNanoseconds = text.endsWith(NANOSECONDS);
        try {
            double amount =
                    inNanoseconds
                            ? Double.parseDouble(
                                    text.substring(0, text.length() - NANOSECONDS.length()))
                            : Integer.parseInt(text);
            if (amount >= 0 && Double.isFinite(amount)) {
                return new Adder(amount, inNanoseconds);
            }
            throw none(text, null);
        } catch (NumberFormatException e) {
            throw none(text, e);
        }
    }

    private static InputException none(String text, @Nullable NumberFormatException cause) {
        String message =
                Figures.format(
                        "'%s' is no number of cycles, 0 to %d, or of nanoseconds, such as 10ns",
                        text, MemoryEncryption.MOST_CYCLES);
        return cause == null ? new InputException(message) : new InputException(message, cause);
    }
}
