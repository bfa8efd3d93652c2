package org.nestwalk.lab.labs.intrusion;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.labs.channel.estimate.BinomialInterval;

/// What detectors find of attacks by which pages a guest writes, and what looking costs.
///
/// @param machine the processor's name; null on this host's KVM
/// @param source of written pages
/// @param period of the samples, in ns
/// @param train programs that detectors have learned from
/// @param test programs that they are tested on
/// @param periods of a window, in which an attack has to be found
/// @param clean windows without an attack that attacks are compared with, each in a run of its own
/// @param unattacked virtual time in which false alarms were counted, in ns
/// @param rows attacks by detectors
/// @param rates of false alarms, by detector
/// @param costs of the sensor, and of write protection for the same
/// @param rewrites what is seen of stores to pages that are written already
public record IntrusionResult(
        @Nullable String machine,
        String source,
        long period,
        List<String> train,
        List<String> test,
        int periods,
        int clean,
        long unattacked,
        List<Row> rows,
        List<Rate> rates,
        List<Cost> costs,
        List<Rewrite> rewrites) {
    /// Copies the lists.
    public IntrusionResult {
        train = List.copyOf(train);
        test = List.copyOf(test);
        rows = List.copyOf(rows);
        rates = List.copyOf(rates);
        costs = List.copyOf(costs);
        rewrites = List.copyOf(rewrites);
    }

    /// One kind of attack and one detector.
    ///
    /// @param attack its name
    /// @param fresh whether it writes pages that programs do not
    /// @param detector its name
    /// @param attacks made
    /// @param area under the ROC curve
    /// @param error its standard error
    /// @param found attacks that score above everything in training
    /// @param delay until those were found; null if there are none
    /// @param curve points of the ROC curve
    public record Row(
            String attack,
            boolean fresh,
            String detector,
            int attacks,
            double area,
            double error,
            int found,
            @Nullable Delay delay,
            List<Point> curve) {
        /// Copies the list.
        public Row {
            curve = List.copyOf(curve);
        }
    }

    /// How long attacks were unnoticed, in simulated nanoseconds.
    ///
    /// The interval of the median is that of order statistics, whatever the delays' distribution:
    /// each delay is below the true median with probability 1/2, so that the number of those that
    /// are is binomial (David and Nagaraja, Order Statistics, 3rd edition, Wiley, 2003, section
    /// 7.1).
    ///
    /// @param median of the delays seen
    /// @param least lower end of the 95 % interval of the median; null if they are too few, 5 or
    ///   less
    /// @param most upper end; null if they are too few
    /// @param within what 95 % of those seen are within
    public record Delay(long median, @Nullable Long least, @Nullable Long most, long within) {
        private static final double OUTSIDE = 0.05;

        /// Of delays, in any order; null if there are none.
        static @Nullable Delay of(List<Long> delays) {
            if (delays.isEmpty()) {
                return null;
            }
            List<Long> sorted = delays.stream().sorted().toList();
            int count = sorted.size();
            int low = (int) BinomialInterval.of(count, 0.5, OUTSIDE).low();
            return new Delay(
                    quantile(sorted, 0.5),
                    low == 0 ? null : sorted.get(low - 1),
                    low == 0 ? null : sorted.get(count - low),
                    quantile(sorted, 0.95));
        }

        private static long quantile(List<Long> sorted, double part) {
            return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
        }
    }

    /// A point of a ROC curve.
    ///
    /// @param found part of the attacks
    /// @param falsely part of the clean windows
    public record Point(double found, double falsely) {}

    /// False alarms of a detector whose threshold is the highest score in training.
    ///
    /// @param detector its name
    /// @param threshold that score
    /// @param alarms in clean test runs
    /// @param anHour of virtual time
    /// @param mostAnHour upper end of the 95 % interval of that (Poisson)
    public record Rate(
            String detector, double threshold, long alarms, double anHour, double mostAnHour) {}

    /// What it costs to look.
    ///
    /// @param way to find written pages
    /// @param period between looks, in ns
    /// @param exits of traps and full logs
    /// @param slowdown of a guest that is busy all the time
    public record Cost(String way, long period, long exits, double slowdown) {}

    /// What is seen of stores to pages that are dirty already.
    ///
    /// @param way of looking
    /// @param period between looks, in ns
    /// @param stores to one page, one after the other, spread over the run
    /// @param seen samples that have the page
    /// @param samples taken
    public record Rewrite(String way, long period, long stores, long seen, long samples) {}
}
