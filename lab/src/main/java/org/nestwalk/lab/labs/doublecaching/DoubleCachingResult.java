package org.nestwalk.lab.labs.doublecaching;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where second-level faults of a guest that reads files come from, and what keeping pages twice
/// costs.
///
/// @param machine name of the processor; left out on KVM
/// @param pages 4-KiB pages of a file, on average over replicates
/// @param replicates of each cell
/// @param observations one for each run, in the order in which they were made
/// @param effects of the factors and their interactions on each response
/// @param hypotheses what faults may follow, and whether that is rejected
/// @param biases what confounders make of two effects; left out on KVM
/// @param modes caches between a program and the disk, side by side; left out on KVM
public record DoubleCachingResult(
        @Nullable String machine,
        int pages,
        int replicates,
        List<Observation> observations,
        List<Effect> effects,
        List<Hypothesis> hypotheses,
        @Nullable List<Bias> biases,
        @Nullable List<Mode> modes) {
    /// Copies the lists.
    public DoubleCachingResult {
        observations = List.copyOf(observations);
        effects = List.copyOf(effects);
        hypotheses = List.copyOf(hypotheses);
        biases = biases == null ? null : List.copyOf(biases);
        modes = modes == null ? null : List.copyOf(modes);
    }

    /// One run: a guest has read a file once.
    ///
    /// @param guestCold whether its pages were not in the guest's page cache
    /// @param hostCold whether they were not in the host's
    /// @param fresh whether the guest's free frames had never been backed
    /// @param pages that were read
    /// @param faults second-level violations
    /// @param freshPages frames that were backed meanwhile
    /// @param diskPages read from the disk
    /// @param nanoseconds that it took
    public record Observation(
            boolean guestCold,
            boolean hostCold,
            boolean fresh,
            long pages,
            long faults,
            long freshPages,
            long diskPages,
            long nanoseconds) {
        /// The number of its cell.
        int cell() {
            return (guestCold ? 1 : 0) | (hostCold ? 2 : 0) | (fresh ? 4 : 0);
        }
    }

    /// What a factor, or an interaction of several, does to a response.
    ///
    /// @param response `faults`, `disk pages` or `time`, each for a page that is read; time in ns
    /// @param term the factors
    /// @param effect by how much the response is greater with it
    /// @param lower bound of the 95 % confidence interval
    /// @param upper its other bound
    /// @param etaSquared part of the response's variation
    /// @param p probability of such an effect by chance
    public record Effect(
            String response,
            String term,
            double effect,
            double lower,
            double upper,
            double etaSquared,
            double p) {}

    /// A model of what faults follow.
    ///
    /// @param name what they are said to follow
    /// @param f of the test against a model with both quantities and their product; -1 for infinite
    /// @param p probability of that if the model is right
    public record Hypothesis(String name, double f, double p) {
        /// Whether it is rejected at 0.001.
        boolean isRejected() {
            return p < SIGNIFICANT;
        }
    }

    private static final double SIGNIFICANT = 0.001;

    /// What two main effects on faults seem to be with a confounder.
    ///
    /// @param confounder what is let in
    /// @param freshEffect of fresh frames, in faults for each page read
    /// @param hostEffect of a cold host cache
    /// @param freshBias by how much the first is wrong
    /// @param hostBias by how much the second is
    public record Bias(
            String confounder,
            double freshEffect,
            double hostEffect,
            double freshBias,
            double hostBias) {}

    /// Caches between a program and the disk.
    ///
    /// @param mode `writeback`, `none`, `dax` or `9p`
    /// @param guestPages kept by the guest at the end, and `hostPages` by the host
    /// @param hostPages kept by the host's page cache
    /// @param twicePages pages of the file that both keep at the end
    /// @param mostTwice the most at any time
    /// @param faults second-level violations
    /// @param requests that left the guest
    /// @param diskPages read from the disk
    /// @param firstNanoseconds of the first pass over the file
    /// @param laterNanoseconds of a later pass, on average; null if there was none
    /// @param coldNanoseconds of a pass after the guest has forgotten all that it kept, as after it
    ///   has started anew
    /// @param overTime pages kept twice, at equal distances in reads
    public record Mode(
            String mode,
            long guestPages,
            long hostPages,
            long twicePages,
            long mostTwice,
            long faults,
            long requests,
            long diskPages,
            long firstNanoseconds,
            @Nullable Long laterNanoseconds,
            long coldNanoseconds,
            List<Long> overTime) {
        /// Copies the list.
        public Mode {
            overTime = List.copyOf(overTime);
        }
    }

    Optional<Effect> effect(String response, int term) {
        return effects.stream()
                .filter(one ->
                        one.response().equals(response) && one.term().equals(CacheState.term(term)))
                .findFirst();
    }

    Optional<Mode> mode(String name) {
        return modes == null
                ? Optional.empty()
                : modes.stream().filter(one -> one.mode().equals(name)).findFirst();
    }
}
