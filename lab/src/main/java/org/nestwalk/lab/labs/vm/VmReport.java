package org.nestwalk.lab.labs.vm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.machine.Cost;

/// Programs in a virtual machine, on whatever it ran, as JSON. What only one kind of machine knows
/// is left out for the other.
///
/// On the simulated machine it holds nothing that differs between two runs of the same thing,
/// unless virtual CPUs ran in parallel: no times of the host, rates, threads or paths. On KVM times
/// are measured; everything else is the same in every run, likewise.
///
/// @param complete false if it was interrupted; the figures are then what there was so far
/// @param verified whether every task ended with the checksum that it has to have
/// @param nonCanonical accesses left out because their addresses are not canonical, of one copy of
///   each program
/// @param warnings what to know of the programs' traces; left out if there is nothing
/// @param nanoseconds that the busiest virtual CPU ran: simulated time, or measured
/// @param warmupNanoseconds those of the warm-up, of which only tasks, pages and the timeline tell
/// @param accesses made by all CPUs after it
/// @param accessesPerSecond after the warm-up, rounded; left out on the simulated machine
/// @param tasks each program on each CPU
/// @param exits why CPUs left the guest, and how long that took; reasons that occurred
/// @param cycles what cycles were spent on; left out on KVM
/// @param translation what the processors' translation has counted; left out on KVM
/// @param guestFaultNanoseconds that the guest's kernel took for page faults, all CPUs together,
///   without the way to it and back; left out on the simulated machine
/// @param guest what the guest's kernel did
/// @param host what the host did; left out in native mode and on KVM
/// @param pages pages by size when the guest mapped the most, at the last of such times
/// @param timeline pages by size as time went on
/// @param pageMap the guest's memory at the end; left out in native mode
/// @param dirtyRate pages written in each period; left out unless that was asked for
/// @param manifest all that is needed to run it again
public record VmReport(
        boolean complete,
        boolean verified,
        long nonCanonical,
        @Nullable List<String> warnings,
        long nanoseconds,
        long warmupNanoseconds,
        long accesses,
        @Nullable Long accessesPerSecond,
        List<TaskReport> tasks,
        List<ExitReport> exits,
        @Nullable CycleReport cycles,
        @Nullable TranslationReport translation,
        @Nullable Long guestFaultNanoseconds,
        VmResult.Guest guest,
        VmResult.@Nullable Host host,
        PageReport pages,
        List<PageReport> timeline,
        @Nullable PageMapReport pageMap,
        @Nullable List<DirtyRateReport> dirtyRate,
        VmManifest manifest) {
    private static final double GIGA = 1e9;

    /// Copies the lists.
    public VmReport {
        warnings = warnings == null ? null : List.copyOf(warnings);
        tasks = List.copyOf(tasks);
        exits = List.copyOf(exits);
        timeline = List.copyOf(timeline);
        dirtyRate = dirtyRate == null ? null : List.copyOf(dirtyRate);
    }

    /// The report of `result`.
    ///
    /// @param machine that it ran on, if that was simulated
    public static VmReport of(VmResult result, @Nullable MachineFile machine) {
        boolean isNative = result.options().host().isNative();
        List<PageReport> timeline =
                result.timeline().stream().map(moment -> PageReport.of(moment, isNative)).toList();
        VmResult.Elapsed time = result.time();
        VmResult.Simulated simulated = result.simulated();
        return new VmReport(
                result.complete(),
                result.isVerified(),
                result.ran().nonCanonical(),
                result.ran().warnings().isEmpty() ? null : result.ran().warnings(),
                time.nanoseconds(),
                time.warmupNanoseconds(),
                time.accesses(),
                simulated == null ? (Long) perSecond(time) : null,
                result.tasks().stream()
                        .map(task -> TaskReport.of(task, result.options().run().contents()))
                        .toList(),
                ExitReport.all(result),
                simulated == null ? null : CycleReport.of(result, simulated),
                simulated == null ? null : TranslationReport.of(simulated.walks()),
                simulated == null ? (Long) faultNanoseconds(result) : null,
                result.software().guest(),
                simulated == null ? null : simulated.host(),
                PageReport.peak(timeline),
                timeline,
                PageMapReport.of(result.software().pages()),
                result.options().run().dirtyRate() == null
                        ? null
                        : result.software().dirtyRate().stream().map(DirtyRateReport::of).toList(),
                VmManifest.of(result, machine));
    }

    private static long perSecond(VmResult.Elapsed time) {
        double seconds = time.counted() / GIGA;
        return seconds == 0 ? 0 : Math.round(time.accesses() / seconds);
    }

    private static long faultNanoseconds(VmResult result) {
        return Math.round(result.account().cycles(Cost.GUEST_FAULT) / result.time().frequencyGHz());
    }

    /// Nanoseconds that are counted.
    long counted() {
        return nanoseconds - warmupNanoseconds;
    }

    /// What to know of the programs' traces.
    public List<String> told() {
        return warnings == null ? List.of() : warnings;
    }

    /// Whether no task failed, and none has another checksum than it has to have: the opposite of
    /// what an exit status of 1 says.
    public boolean isFlawless() {
        return tasks.stream().noneMatch(TaskReport::isWrong);
    }
}
