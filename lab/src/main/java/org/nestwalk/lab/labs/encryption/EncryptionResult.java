package org.nestwalk.lab.labs.encryption;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What memory encryption costs, and what it hides; of an experiment that was ended early, what was
/// finished.
///
/// @param machine the processor's name
/// @param memoryCycles of a reference to memory without encryption
/// @param adders cycles that encryption adds, one or more
/// @param attempts attacks of each kind on each protection
/// @param cold walks with the largest adder
/// @param timing of programs, for each with all adders
/// @param inCache a program that the caches hold; null if it was not finished
/// @param attacks on memory, by protection
public record EncryptionResult(
        String machine,
        int memoryCycles,
        List<Integer> adders,
        int attempts,
        List<ColdWalk> cold,
        List<TimingRow> timing,
        @Nullable InCache inCache,
        List<AttackRow> attacks) {
    /// Copies the lists.
    public EncryptionResult {
        adders = List.copyOf(adders);
        cold = List.copyOf(cold);
        timing = List.copyOf(timing);
        attacks = List.copyOf(attacks);
    }

    /// The largest adder.
    int mostAdder() {
        return adders.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    /// A program that the caches hold.
    ///
    /// @param program that ran twice
    /// @param references of the second run's walks
    /// @param served encrypted references that memory served in it
    /// @param extra cycles more in it, with the largest adder
    public record InCache(String program, long references, long served, long extra) {}

    /// What came of an attack.
    ///
    /// @param protection of the guest's memory
    /// @param attack what people call it
    /// @param verdicts what came of it, how often each
    public record AttackRow(String protection, String attack, Map<String, Long> verdicts) {}
}
