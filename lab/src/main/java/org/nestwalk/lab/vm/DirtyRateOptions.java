package org.nestwalk.lab.vm;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// How the rate of written pages is metered.
///
/// @param period nanoseconds of virtual CPUs' time
/// @param sampled whether from a sample of pages, which disturbs the guest less and is not exact
public record DirtyRateOptions(long period, boolean sampled) {
    private static final long SHORTEST = 1_000;
    private static final long LONGEST = 3_600_000_000_000L;

    /// The parameter that asks for a meter.
    static final Parameter PERIOD =
            Parameter.optional(
                    "dirty-rate",
                    "meters pages written, over periods of so much time of the virtual CPUs: 1us to"
                            + " 3600s",
                    new Domain.Text("TIME", "", DirtyRateOptions::canonical));

    /// The parameter that asks for samples.
    static final Parameter SAMPLED =
            Parameter.flag(
                            "dirty-rate-sampled",
                            "estimates them from a sample of pages, 512 for each GiB")
                    .onlyWith(PERIOD.name());

    private static String canonical(String text) {
        long nanoseconds = Quantities.time(text, "the time");
        if (nanoseconds < SHORTEST || nanoseconds > LONGEST) {
            throw new InputException("'" + text + "' is not 1us to 3600s");
        }
        return Quantities.formatTime(nanoseconds);
    }

    /// What values of all parameters ask for; null for no meter.
    static @Nullable DirtyRateOptions of(Arguments given) {
        return given.has(PERIOD.name())
                ? new DirtyRateOptions(
                        Quantities.time(given.text(PERIOD.name()), PERIOD.name()),
                        given.flag(SAMPLED.name()))
                : null;
    }

    /// Checks that pages hold something if they are sampled.
    ///
    /// @param noContents the flag with which they do not
    static void check(Arguments given, String noContents) {
        if (given.flag(SAMPLED.name()) && given.flag(noContents)) {
            throw given.bad(
                    SAMPLED.name(),
                    "looks at what pages hold; leave out %s".formatted(given.called(noContents)));
        }
    }
}
