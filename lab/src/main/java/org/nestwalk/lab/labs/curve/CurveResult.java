package org.nestwalk.lab.labs.curve;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Misses over the size of the second-level TLB.
///
/// @param machine the processor's name
/// @param workload what ran
/// @param accesses accesses counted under every setup
/// @param warnings what to know of the trace, such as what was left out; left out if there is
///   nothing
/// @param tlb the TLB whose size is varied, as the machine has it
/// @param sampled whether curves are estimates by some pages; misses of sizes that were simulated
///   are exact all the same
/// @param setups what each setup's look-ups would miss
public record CurveResult(
        String machine,
        String workload,
        long accesses,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings,
        Tlb tlb,
        boolean sampled,
        List<SetupCurve> setups) {
    /// Copies the lists.
    public CurveResult {
        warnings = List.copyOf(warnings);
        setups = List.copyOf(setups);
    }

    /// A TLB.
    ///
    /// @param name what the machine's file calls it
    /// @param sizes of pages that it holds
    /// @param entries number of entries
    /// @param ways entries a set
    /// @param hitCycles cycles of a hit beside those of the first level
    public record Tlb(String name, List<String> sizes, int entries, int ways, int hitCycles) {
        /// Copies the list.
        public Tlb {
            sizes = List.copyOf(sizes);
        }
    }

    /// What the look-ups of a setup would miss.
    ///
    /// @param setup its name
    /// @param lookups second-level look-ups of pages that the TLB holds
    /// @param otherMisses misses of other pages, on which the size has no influence
    /// @param firstUses look-ups of pages that had not been looked up before, which every size
    ///   misses
    /// @param pages pages that were followed, all unless it is a sample
    /// @param rate part of all pages that were followed at last, 0 to 1
    /// @param walkCycles cycles of a walk on average, on the machine as it is
    /// @param points misses of every geometry, by entries and then by ways
    /// @param machines misses of the geometries of real machines behind this first level
    /// @param simulated sizes that were simulated as well, the machine's own first
    /// @param reuses look-ups by how many pages had been looked up since the same page was
    /// @param workingSets average numbers of pages in windows
    public record SetupCurve(
            String setup,
            long lookups,
            long otherMisses,
            long firstUses,
            long pages,
            double rate,
            double walkCycles,
            List<Point> points,
            List<Marked> machines,
            List<Simulated> simulated,
            List<Reuse> reuses,
            List<WorkingSet> workingSets) {
        /// Copies the lists.
        public SetupCurve {
            points = List.copyOf(points);
            machines = List.copyOf(machines);
            simulated = List.copyOf(simulated);
            reuses = List.copyOf(reuses);
            workingSets = List.copyOf(workingSets);
        }

        /// The points of fully associative TLBs, by entries.
        List<Point> full() {
            return points.stream().filter(point -> point.ways() == point.entries()).toList();
        }

        /// The machine as it is.
        Simulated own() {
            return simulated.getFirst();
        }
    }

    /// A geometry.
    ///
    /// @param entries number of entries
    /// @param ways entries a set; the number of entries if it is fully associative
    /// @param misses of all second-level TLBs, exact unless it is a sample
    /// @param cycles translation's cycles, estimated: as on the machine as it is, but for a walk of
    ///   average length in place of each hit that becomes a miss, or the other way round
    public record Point(int entries, int ways, long misses, long cycles) {}

    /// The geometry of real machines.
    ///
    /// @param machines presets whose TLB for data in 4K pages has it
    /// @param point misses and cycles
    public record Marked(List<String> machines, Point point) {
        /// Copies the list.
        public Marked {
            machines = List.copyOf(machines);
        }
    }

    /// A size that was simulated, caches and walks included.
    ///
    /// @param point what the curve says of it; of a fully associative TLB of as many entries if it
    ///   is a sample
    /// @param ways entries a set of what was simulated
    /// @param misses by the simulation
    /// @param cycles translation's cycles by the simulation
    /// @param deviation how much greater the estimate of cycles is, as a part of those simulated;
    ///   left out if there are none
    public record Simulated(
            Point point, int ways, long misses, long cycles, @Nullable Double deviation) {}

    /// Look-ups at a distance.
    ///
    /// @param pages most pages, the one looked up included, that had been looked up since it was;
    ///   as few as double that number would be in the next
    /// @param lookups at this distance or a shorter one
    public record Reuse(int pages, long lookups) {}

    /// A working set.
    ///
    /// @param window look-ups
    /// @param pages that are looked up in such a window, on average
    public record WorkingSet(long window, double pages) {}
}
