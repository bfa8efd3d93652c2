package org.nestwalk.cli;

import org.nestwalk.InputException;

/// Whole numbers that users give to options.
final class WholeNumber {
    private WholeNumber() {}

    /// The number that `text` is.
    ///
    /// @param option for the message
    /// @throws InputException if it is none from `least` to `most`
    static long parse(String option, String text, long least, long most) {
        try {
            long number = Long.parseLong(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new InputException(message(option, text, least, most), e);
        }
        throw new InputException(message(option, text, least, most));
    }

    private static String message(String option, String text, long least, long most) {
        boolean any = least == Long.MIN_VALUE && most == Long.MAX_VALUE;
        return "%s: '%s' is not a whole number%s"
                .formatted(
                        option,
                        text,
                        any
                                ? " of 64 bits"
                                : most == Long.MAX_VALUE
                                        ? " of at least " + least
                                        : " from %d to %d".formatted(least, most));
    }
}
