package org.nestwalk.lab.labs.prefetch;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// First touches of memory that was backed in several ways, side by side.
///
/// @param machine name of the processor; left out on KVM
/// @param unit of all times: `cycles`, or `ns` where they are measured
/// @param pages 4-KiB pages that a program touches
/// @param chunk pages that one call looks at; left out on KVM
/// @param job pages that each activation of the periodic task touches
/// @param lead nanoseconds between a hint and the first touch; left out on KVM
/// @param missing ways that this host does not have; left out if there are none
/// @param rows one for each way, pattern by pattern
/// @param wrong what wrong hints cost; left out on KVM
public record PrefetchResult(
        @Nullable String machine,
        String unit,
        int pages,
        @Nullable Integer chunk,
        int job,
        @Nullable Long lead,
        @Nullable List<String> missing,
        List<Row> rows,
        @Nullable List<WrongHint> wrong) {
    /// Copies the lists.
    public PrefetchResult {
        missing = missing == null ? null : List.copyOf(missing);
        rows = List.copyOf(rows);
        wrong = wrong == null ? null : List.copyOf(wrong);
    }

    /// One way, and what came of it.
    ///
    /// @param pattern in which order pages were touched: `sequential`, `strided` or `random`
    /// @param way how they were backed
    /// @param announced pages that the guest's hint covers; 0 if there is none
    /// @param hypercalls that the guest made
    /// @param violations second-level violations; left out on KVM, whose kernel handles them
    /// @param median of what a first touch took, and the next three likewise, in the result's unit
    /// @param p90 what nine of ten took no longer than
    /// @param p99 what 99 of 100 took no longer than
    /// @param most the longest
    /// @param jitter longest activation of the periodic task less the shortest
    /// @param hintTime what the hint took the guest's CPU
    /// @param besideTime what backing memory took others; on KVM, what it took before the guest ran
    /// @param allTime of the guest's CPU: hint and touches
    /// @param backedBytes of the range at the end
    /// @param wastedBytes of those, bytes of pages that the program did not touch
    /// @param histogram counts of first touches, by powers of two of what they took
    public record Row(
            String pattern,
            String way,
            long announced,
            long hypercalls,
            @Nullable Long violations,
            long median,
            long p90,
            long p99,
            long most,
            long jitter,
            long hintTime,
            long besideTime,
            long allTime,
            long backedBytes,
            long wastedBytes,
            List<Bin> histogram) {
        /// Copies the list.
        public Row {
            histogram = List.copyOf(histogram);
        }
    }

    /// First touches that took about as long.
    ///
    /// @param from the least that they can have taken, in the result's unit; what they took is less
    ///   than twice as much
    /// @param count how many there were
    public record Bin(long from, long count) {}

    /// A wrong hint, or many, and what came of it.
    ///
    /// @param name what is wrong
    /// @param calls hypercalls
    /// @param refused of those, how many asked for what cannot be
    /// @param capped of those, how many were turned away or cut short by the cap
    /// @param backed 4-KiB pages that were backed
    /// @param wastedBytes that were backed and never touched
    /// @param capPages most 4-KiB pages that the cap lets such a guest have in that time
    /// @param hostCycles of exits and of the host's work
    /// @param capCycles what these can come to at most, by the cap
    public record WrongHint(
            String name,
            long calls,
            long refused,
            long capped,
            long backed,
            long wastedBytes,
            long capPages,
            long hostCycles,
            long capCycles) {
        /// Whether the host has kept to its cap.
        boolean isCapped() {
            return backed <= capPages && hostCycles <= capCycles;
        }
    }

    /// Whether times are measured.
    boolean isMeasured() {
        return machine == null;
    }

    /// The row of a way, if it is there.
    Optional<Row> row(String pattern, String way) {
        return rows.stream()
                .filter(row -> row.pattern().equals(pattern) && row.way().equals(way))
                .findFirst();
    }
}
