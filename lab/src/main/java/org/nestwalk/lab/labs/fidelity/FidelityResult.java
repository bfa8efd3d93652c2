package org.nestwalk.lab.labs.fidelity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Published ratios beside ours; of an experiment that was ended early, those that were finished.
///
/// @param accesses of each trial that were measured
/// @param remote latency of remote memory, in units of local idle memory's
/// @param loaded the same if another tenant loads its node
/// @param sources where the published figures are from
/// @param rows the figures
public record FidelityResult(
        long accesses, double remote, double loaded, List<String> sources, List<Row> rows) {
    /// Copies the lists.
    public FidelityResult {
        sources = List.copyOf(sources);
        rows = List.copyOf(rows);
    }

    /// One figure.
    ///
    /// @param group which measurements it is of
    /// @param program that ran
    /// @param what the figure is
    /// @param core whether it is of a program that all studies of large memories have
    /// @param least that is published; the value, if it is one
    /// @param most that is published
    /// @param here ours
    /// @param deviation of ours, 0.1 for 10 % more; 0 within what is published
    /// @param lacks what the model lacks, if it is missed; left out otherwise, and where other
    ///   parameters than those of the comparison were asked for
    /// @param ablations ours without parts of the model; left out if that was not asked for
    public record Row(
            String group,
            String program,
            String what,
            boolean core,
            double least,
            double most,
            double here,
            double deviation,
            @Nullable String lacks,
            @Nullable List<Ablated> ablations) {
        /// Copies the list.
        public Row {
            ablations = ablations == null ? null : List.copyOf(ablations);
        }

        /// Whether it deviates by no more than `most`.
        boolean isWithin(double most) {
            return Math.abs(deviation) <= most;
        }
    }

    /// A figure without a part of the model.
    ///
    /// @param without that part
    /// @param here the figure
    public record Ablated(String without, double here) {}

    /// The part of `some` that deviate by no more than `most`.
    static double within(List<Row> some, double most) {
        return some.isEmpty()
                ? 0
                : (double) some.stream().filter(row -> row.isWithin(most)).count() / some.size();
    }
}
