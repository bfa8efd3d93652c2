package org.nestwalk.lab.labs.numa;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.labs.numa.Tenant.Load;

/// What it costs where tables are; of an experiment that was ended early, what was finished.
///
/// @param machine the processor's name
/// @param options how it was made
/// @param lastLevelBytes of the last-level cache
/// @param tenant where the load comes from; null if it was given
/// @param programs with 4-KiB pages, all placements
/// @param largePages the first program with 2-MiB pages, the two ends; null if it was not finished
/// @param costs of changing replicated tables
public record NumaResult(
        String machine,
        NumaOptions options,
        long lastLevelBytes,
        @Nullable Load tenant,
        List<Row> programs,
        @Nullable Row largePages,
        List<ReplicationCosts.Row> costs) {
    /// Copies the lists.
    public NumaResult {
        programs = List.copyOf(programs);
        costs = List.copyOf(costs);
    }

    /// One program.
    ///
    /// @param name of the program, with a number if there are several of that name
    /// @param program with all its parameters
    /// @param pages of both dimensions
    /// @param tableBytes leaf entries of both dimensions for all its memory
    /// @param comparable whether they would exceed the last-level cache with 4-KiB pages, as those
    ///   of the source's programs do; if not, caches serve references to tables that memory serves
    ///   there, and nothing is compared
    /// @param walkShare the part of cycles, all local, that translation takes
    /// @param publishedWalkShare the same in a source, measured natively; null if there is none
    /// @param placements of its tables
    public record Row(
            String name,
            String program,
            String pages,
            long tableBytes,
            boolean comparable,
            double walkShare,
            @Nullable Double publishedWalkShare,
            List<Placed> placements) {
        /// Copies the list.
        public Row {
            placements = List.copyOf(placements);
        }

        /// What a placement came to.
        ///
        /// @throws IllegalArgumentException if it was not measured
        public Placed at(Placement placement) {
            return placements.stream()
                    .filter(placed -> placed.placement().equals(placement.label()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(placement.label()));
        }
    }

    /// One placement of one program's tables.
    ///
    /// @param placement its name
    /// @param ratio of cycles to those with all local
    /// @param published the same in the source; null if there is none
    /// @param deviation of ours from the source's, 0.1 for 10 % more; null if there is none
    /// @param remotePerWalk references to tables that another node's memory served, for each walk
    /// @param measured what the program cost
    public record Placed(
            String placement,
            double ratio,
            @Nullable Double published,
            @Nullable Double deviation,
            double remotePerWalk,
            Measurement measured) {}
}
