package org.nestwalk.lab.labs.watchpoints;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of watchpoints that rotate over a guest's heap.
///
/// @param machine the processor's name; null for the host's own, under KVM
/// @param unit of time
/// @param pages of the heap
/// @param cpus of the guest
/// @param trap which accesses to an armed page are seen
/// @param badAccesses that a run makes, one after each rotation, until one is seen
/// @param detections how often bugs are seen
/// @param periodic how often one is seen that comes in step with the rotation
/// @param fleets how often one of several machines sees a bug
/// @param accessCost time of one access to an armed page, from a run of its own
/// @param costs what armed pages cost
/// @param suspects what reports say of each instruction
/// @param timings what traps do to a bug that depends on time; null on KVM
/// @param loadsRight whether all CPUs of all runs loaded what a twin without a machine says
public record WatchpointsResult(
        @Nullable String machine,
        String unit,
        int pages,
        int cpus,
        String trap,
        int badAccesses,
        List<Detection> detections,
        List<Periodic> periodic,
        List<Fleet> fleets,
        double accessCost,
        List<Cost> costs,
        List<Suspect> suspects,
        @Nullable List<Timing> timings,
        boolean loadsRight) {
    /// Copies the lists.
    public WatchpointsResult {
        detections = List.copyOf(detections);
        periodic = List.copyOf(periodic);
        fleets = List.copyOf(fleets);
        costs = List.copyOf(costs);
        suspects = List.copyOf(suspects);
        timings = timings == null ? null : List.copyOf(timings);
    }

    /// Runs with one kind of bug and one number of armed pages.
    ///
    /// @param bug its kind, or `none`
    /// @param armed pages at a time
    /// @param runs how many
    /// @param seen runs in which it was reported
    /// @param expected probability of that by formula
    /// @param least runs that chance leaves, with 99 % of probability between it and `most`
    /// @param most runs
    /// @param exact reports whose instruction, caller, addresses, CPU and value are those of the
    ///   bad access
    /// @param named reports of the right kind of bug
    /// @param falseReports of accesses that are not bad
    public record Detection(
            String bug,
            int armed,
            int runs,
            int seen,
            double expected,
            long least,
            long most,
            int exact,
            int named,
            int falseReports) {
        /// Whether chance explains how many were seen.
        public boolean isExpected() {
            return seen >= least && seen <= most;
        }
    }

    /// A bug that hits the same page once in as many rotations as it takes to go through all pages.
    ///
    /// @param choice of the pages
    /// @param armed pages at a time
    /// @param runs how many
    /// @param badAccesses of each
    /// @param seen runs in which it was reported
    /// @param expected probability of that by formula, of random pages
    public record Periodic(
            String choice, int armed, int runs, int badAccesses, int seen, double expected) {}

    /// Several machines that run the same.
    ///
    /// @param armed pages of each at a time
    /// @param machines how many
    /// @param fleets how many such there were
    /// @param seen fleets in which one machine saw the bug
    /// @param expected probability of that by formula
    public record Fleet(int armed, int machines, int fleets, int seen, double expected) {}

    /// What armed pages cost.
    ///
    /// @param choice of the pages
    /// @param armed pages at a time
    /// @param accesses to armed pages
    /// @param predictedAccesses by the number of armed pages and the accesses to an average page
    /// @param time that CPUs took longer than with pages armed that nobody accesses
    /// @param predictedTime by predicted accesses and what one costs
    /// @param slowdown of the CPUs
    /// @param coverage part of all pages that is armed on average
    /// @param hotCoverage part of the tenth of pages with most accesses that is
    public record Cost(
            String choice,
            int armed,
            long accesses,
            double predictedAccesses,
            long time,
            double predictedTime,
            double slowdown,
            double coverage,
            double hotCoverage) {}

    /// What reports say of an instruction.
    ///
    /// @param instruction its address
    /// @param bug whether it has one
    /// @param reports of it
    /// @param chanceReports of these, by events of chance
    /// @param probability that it has a bug, by its reports
    public record Suspect(
            long instruction, boolean bug, int reports, int chanceReports, double probability) {}

    /// A use after free that happens when a CPU frees an object before another has used it.
    ///
    /// @param armed pages at a time
    /// @param rounds how many
    /// @param untrapped rounds in which it happened with nothing to trap
    /// @param dummy with traps on pages that it never hits
    /// @param trapped with traps on those that it does
    /// @param seen of the latter
    public record Timing(int armed, int rounds, int untrapped, int dummy, int trapped, int seen) {}
}
