package org.nestwalk.lab.labs.fidelity;

import java.util.List;
import java.util.Map;
import org.nestwalk.lab.labs.fidelity.Trial.Outcome;

/// What is published, as a figure of trials.
sealed interface Figure {
    /// The trials that it takes.
    List<Trial> trials();

    /// Its value.
    double of(Map<Trial, Outcome> outcomes);

    /// Cycles of one relative to another's.
    record Ratio(Trial above, Trial below) implements Figure {
        @Override
        public List<Trial> trials() {
            return List.of(above, below);
        }

        @Override
        public double of(Map<Trial, Outcome> outcomes) {
            return at(outcomes, above).cycles() / at(outcomes, below).cycles();
        }
    }

    /// How much more programs do in the same time with something than without, on average.
    record Gain(List<Ratio> withoutToWith) implements Figure {
        /// Copies the list.
        public Gain {
            withoutToWith = List.copyOf(withoutToWith);
        }

        @Override
        public List<Trial> trials() {
            return withoutToWith.stream().flatMap(ratio -> ratio.trials().stream()).toList();
        }

        @Override
        public double of(Map<Trial, Outcome> outcomes) {
            return withoutToWith.stream()
                    .mapToDouble(ratio -> ratio.of(outcomes) - 1)
                    .average()
                    .orElseThrow();
        }
    }

    /// The part of cycles in which the only walker walks, as counters of walk durations have it.
    record WalkShare(Trial trial) implements Figure {
        @Override
        public List<Trial> trials() {
            return List.of(trial);
        }

        @Override
        public double of(Map<Trial, Outcome> outcomes) {
            Outcome outcome = at(outcomes, trial);
            return outcome.walkCycles() / outcome.cycles();
        }
    }

    /// Cycles of walks of second-level tables, of all walkers, relative to all cycles.
    record SecondLevelShare(Trial trial) implements Figure {
        @Override
        public List<Trial> trials() {
            return List.of(trial);
        }

        @Override
        public double of(Map<Trial, Outcome> outcomes) {
            Outcome outcome = at(outcomes, trial);
            return outcome.secondLevelCycles() / outcome.cycles();
        }
    }

    private static Outcome at(Map<Trial, Outcome> outcomes, Trial trial) {
        Outcome outcome = outcomes.get(trial);
        if (outcome == null) {
            throw new IllegalStateException("there was no trial " + trial);
        }
        return outcome;
    }
}
