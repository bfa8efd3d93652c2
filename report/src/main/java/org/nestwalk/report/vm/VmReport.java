package org.nestwalk.report.vm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.machine.TranslationMode;

/// Programs in a virtual machine, as JSON; the schema is `vm.schema.json` beside this class.
///
/// Holds nothing that differs between two runs of the same thing, unless virtual CPUs ran in
/// parallel: no times of the host, rates, threads or paths.
///
/// @param complete false if it was interrupted
/// @param verified whether every task ended with the checksum that it has to have
/// @param nonCanonical accesses left out because their addresses are not canonical, of one copy of
///   each program
/// @param warnings what to know of the programs' traces; left out if there is nothing
/// @param nanoseconds simulated time until the last CPU had ended
/// @param warmupNanoseconds those of the warm-up, of which only tasks, pages and the timeline tell
/// @param tasks each program on each CPU
/// @param exits why CPUs left the guest, and how long that took; reasons that occurred
/// @param cycles what cycles were spent on
/// @param translation what the processors' translation has counted
/// @param guest what the guest's kernel did
/// @param host what the host did; left out in native mode
/// @param pages pages by size when the guest mapped the most
/// @param timeline pages by size as time went on
/// @param manifest all that is needed to run it again
public record VmReport(
        boolean complete,
        boolean verified,
        long nonCanonical,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings,
        long nanoseconds,
        long warmupNanoseconds,
        List<TaskReport> tasks,
        List<ExitReport> exits,
        CycleReport cycles,
        TranslationReport translation,
        VmResult.Guest guest,
        VmResult.@Nullable Host host,
        PageReport pages,
        List<PageReport> timeline,
        VmManifest manifest) {
    /// Copies the lists.
    public VmReport {
        warnings = List.copyOf(warnings);
        tasks = List.copyOf(tasks);
        exits = List.copyOf(exits);
        timeline = List.copyOf(timeline);
    }

    /// The report of `result`, which ran on `machine`.
    ///
    /// @param identities of the programs, in order
    /// @param warnings what to know of their traces
    /// @param version Nestwalk's version
    public static VmReport of(
            VmResult result,
            List<String> identities,
            List<String> warnings,
            MachineFile machine,
            String version) {
        boolean isNative = result.options().mode() == TranslationMode.NATIVE;
        List<PageReport> timeline =
                result.timeline().stream().map(moment -> PageReport.of(moment, isNative)).toList();
        return new VmReport(
                result.complete(),
                result.isVerified(),
                result.nonCanonical(),
                warnings,
                result.nanoseconds(),
                result.warmupNanoseconds(),
                result.tasks().stream()
                        .map(task -> TaskReport.of(task, result.options().contents()))
                        .toList(),
                ExitReport.all(
                        result.latencies(),
                        result.account(),
                        machine.model().costs().frequencyGHz()),
                CycleReport.of(result),
                TranslationReport.of(result.walks()),
                result.guest(),
                isNative ? null : result.host(),
                PageReport.peak(timeline),
                timeline,
                VmManifest.of(result.options(), identities, machine, version));
    }

    /// Whether no task failed, and none has another checksum than it has to have: the opposite of
    /// what an exit status of 1 says.
    @JsonIgnore
    public boolean isFlawless() {
        return tasks.stream().noneMatch(TaskReport::isWrong);
    }
}
