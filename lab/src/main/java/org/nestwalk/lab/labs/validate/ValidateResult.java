package org.nestwalk.lab.labs.validate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was predicted of programs on this host, beside what they took.
///
/// @param place `host` or `kvm`
/// @param machine that predicted
/// @param calibrated whether it was fitted to the host in this run
/// @param ofThisProcessor whether it was, or says that it was fitted to a host with such a
///   processor
/// @param processor the host's; empty if the host does not say
/// @param kernel the host's release
/// @param kvm of which kind it is; null natively
/// @param splintered whether a hypervisor below backs the host's memory by small pages
/// @param rounds that came to every case
/// @param accesses of a case that were timed in each round
/// @param others part of the host's processors that others used meanwhile; -1 if the host does not
///   say
/// @param stolen part that a hypervisor below gave to others; -1 likewise
/// @param times of all cases
/// @param ratios of times
public record ValidateResult(
        String place,
        String machine,
        boolean calibrated,
        boolean ofThisProcessor,
        String processor,
        String kernel,
        @Nullable String kvm,
        boolean splintered,
        int rounds,
        long accesses,
        double others,
        double stolen,
        List<Time> times,
        List<Ratio> ratios) {
    /// The part by which a predicted ratio may miss the measured one.
    public static final double TOLERANCE = 0.2;

    /// The part of the processors from which others disturb.
    public static final double BUSY = 0.1;

    /// Copies the lists.
    public ValidateResult {
        times = List.copyOf(times);
        ratios = List.copyOf(ratios);
    }

    /// What an access takes.
    ///
    /// @param place `host` or `kvm`
    /// @param program that ran
    /// @param bytes of its data
    /// @param pages their size; in a guest in both dimensions
    /// @param nanoseconds measured, the median of the rounds
    /// @param least of the rounds
    /// @param most of the rounds
    /// @param predicted nanoseconds
    public record Time(
            String place,
            String program,
            long bytes,
            String pages,
            double nanoseconds,
            double least,
            double most,
            double predicted) {}

    /// A ratio of two times.
    ///
    /// @param kind `pages` for 4K over 2M, `size` for one size over the one before, `guest` for a
    ///   guest over the host
    /// @param program that ran
    /// @param what the ratio is of
    /// @param measured the median of the rounds
    /// @param least of the rounds
    /// @param most of the rounds
    /// @param predicted by the machine
    /// @param deviation of what is predicted, 0.1 for 10 % more
    public record Ratio(
            String kind,
            String program,
            String what,
            double measured,
            double least,
            double most,
            double predicted,
            double deviation) {
        /// Whether it is predicted within [#TOLERANCE].
        boolean isWithin() {
            return Math.abs(deviation) <= TOLERANCE;
        }
    }

    /// Whether others left the host alone, as far as the host can tell.
    boolean isQuiet() {
        return others <= BUSY && stolen <= BUSY;
    }

    /// The part of `some` that is predicted within [#TOLERANCE].
    static double within(List<Ratio> some) {
        return some.isEmpty()
                ? 0
                : (double) some.stream().filter(Ratio::isWithin).count() / some.size();
    }
}
