package org.nestwalk.lab.labs.paper;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.labs.paper.PaperResult.Row;
import org.nestwalk.lab.labs.paper.Trial.Outcome;

/// A published figure, and of what ours is made: of the quotients of the trials in one list and
/// those in another, the mean or the greatest.
///
/// @param what it is of
/// @param source where it is published
/// @param least that is published
/// @param most that is published
/// @param measure which quantity
/// @param over trials: as many as below, or that of several alternatives one after the other, of
///   which the least counts for each
/// @param under trials; or none, if the quantity itself is meant
/// @param why ours may differ
record Figure(
        String what,
        String source,
        double least,
        double most,
        Measure measure,
        List<Trial> over,
        List<Trial> under,
        String why) {
    private static final double CLOSE = 0.15;

    /// Quantities.
    enum Measure {
        /// Cycles of the first over those of the second, on average.
        GAIN(true) {
            @Override
            double of(Outcome outcome) {
                return outcome.cycles();
            }
        },
        /// The same of the program that gains most.
        BEST_GAIN(true) {
            @Override
            double of(Outcome outcome) {
                return outcome.cycles();
            }
        },
        /// Cycles of a walk, likewise.
        WALK_GAIN(true) {
            @Override
            double of(Outcome outcome) {
                return outcome.walkCycles();
            }
        },
        /// Cycles of an access, where more are no gain.
        TIME(false) {
            @Override
            double of(Outcome outcome) {
                return outcome.cycles();
            }
        },
        /// TLB misses.
        MISSES(false) {
            @Override
            double of(Outcome outcome) {
                return outcome.misses();
            }
        },
        /// Translation's part of all cycles.
        SHARE(false) {
            @Override
            double of(Outcome outcome) {
                return outcome.translationShare();
            }
        },
        /// References one after the other of a walk if nothing is cached.
        STEPS(false) {
            @Override
            double of(Outcome outcome) {
                throw new IllegalStateException("needs no run");
            }
        };

        private final boolean gain;

        Measure(boolean gain) {
            this.gain = gain;
        }

        abstract double of(Outcome outcome);
    }

    /// The trials that it needs.
    Stream<Trial> trials() {
        return measure == Measure.STEPS
                ? Stream.empty()
                : Stream.concat(over.stream(), under.stream());
    }

    /// The row, if all of its trials are among `done`; otherwise null.
    @Nullable Row row(Map<Trial, Outcome> done) {
        if (!trials().allMatch(done::containsKey)) {
            return null;
        }
        double here = measure == Measure.STEPS ? over.getFirst().steps() : value(done);
        double deviation = here < least ? here / least - 1 : here > most ? here / most - 1 : 0;
        return new Row(
                what,
                source,
                least,
                most,
                here,
                deviation,
                measure.gain,
                Math.abs(deviation) <= CLOSE ? null : why);
    }

    private double value(Map<Trial, Outcome> done) {
        double[] quotients = new double[under.isEmpty() ? over.size() : under.size()];
        for (int i = 0; i < quotients.length; i++) {
            double first = Double.POSITIVE_INFINITY;
            for (int other = i; other < over.size(); other += quotients.length) {
                first = Math.min(first, measure.of(outcome(done, over.get(other))));
            }
            double second = under.isEmpty() ? 1 : measure.of(outcome(done, under.get(i)));
            quotients[i] = second == 0 ? 1 : first / second;
        }
        double most = 0;
        double logarithms = 0;
        for (double quotient : quotients) {
            most = Math.max(most, quotient);
            logarithms += StrictMath.log(Math.max(quotient, Double.MIN_NORMAL));
        }
        return measure == Measure.BEST_GAIN
                ? most
                : quotients.length == 1 ? most : StrictMath.exp(logarithms / quotients.length);
    }

    private static Outcome outcome(Map<Trial, Outcome> done, Trial trial) {
        Outcome outcome = done.get(trial);
        if (outcome == null) {
            throw new IllegalStateException("not made: " + trial);
        }
        return outcome;
    }
}
