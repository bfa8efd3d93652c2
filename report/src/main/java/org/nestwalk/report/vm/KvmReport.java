package org.nestwalk.report.vm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.vm.KvmResult;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.machine.Cost;

/// Programs in a virtual machine on KVM, as JSON; the schema is `kvm.schema.json` beside this
/// class. Times are measured; everything else is the same in every run, unless virtual CPUs ran in
/// parallel.
///
/// @param complete false if it was interrupted
/// @param verified whether every task ended with the checksum that it has to have
/// @param nonCanonical accesses left out because their addresses are not canonical, of one copy of
///   each program
/// @param warnings what to know of the programs' traces; left out if there is nothing
/// @param nanoseconds that the busiest virtual CPU ran
/// @param warmupNanoseconds those of the warm-up, of which only tasks, pages and the timeline tell
/// @param accesses made by all CPUs after it
/// @param accessesPerSecond after the warm-up, rounded
/// @param tasks each program on each CPU
/// @param exits why CPUs left the guest, and how long handling that took; reasons that occurred
/// @param guestFaultNanoseconds that the guest's kernel took for page faults, all CPUs together,
///   without the way to it and back
/// @param guest what the guest's kernel did
/// @param pages pages by size when the guest mapped the most
/// @param timeline pages by size as time went on
/// @param manifest what ran, and where
public record KvmReport(
        boolean complete,
        boolean verified,
        long nonCanonical,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings,
        long nanoseconds,
        long warmupNanoseconds,
        long accesses,
        long accessesPerSecond,
        List<TaskReport> tasks,
        List<ExitReport> exits,
        long guestFaultNanoseconds,
        VmResult.Guest guest,
        PageReport pages,
        List<PageReport> timeline,
        Manifest manifest) {
    private static final double GIGA = 1e9;

    /// Copies the lists.
    public KvmReport {
        warnings = List.copyOf(warnings);
        tasks = List.copyOf(tasks);
        exits = List.copyOf(exits);
        timeline = List.copyOf(timeline);
    }

    /// What ran, and where.
    ///
    /// @param version Nestwalk's
    /// @param workloads traces' digests and programs' full texts, in order
    /// @param processor the host's, as its kernel calls it
    /// @param kernel the host's release
    /// @param options what was asked for
    /// @param model what the figures mean
    public record Manifest(
            String version,
            List<String> workloads,
            String processor,
            String kernel,
            Options options,
            String model) {
        /// Copies the list.
        public Manifest {
            workloads = List.copyOf(workloads);
        }
    }

    /// What was asked for.
    ///
    /// @param memoryBytes guest memory
    /// @param vcpus virtual CPUs
    /// @param guestPages what first touches are given: `4k` or `thp`
    /// @param guestKhugepaged how many times as often as Linux's the guest's works; 0 for never
    /// @param backing how the host backs guest memory
    /// @param quantum accesses of a turn
    /// @param parallel whether CPUs ran side by side
    /// @param contents whether checksums were verified
    /// @param limit most accesses of a task; left out if there was no limit
    /// @param warmup accesses of each CPU made first and not counted
    /// @param node of the host that memory and threads were bound to; left out if to none
    public record Options(
            long memoryBytes,
            int vcpus,
            String guestPages,
            double guestKhugepaged,
            String backing,
            int quantum,
            boolean parallel,
            boolean contents,
            @Nullable Long limit,
            long warmup,
            @Nullable Integer node) {
        static Options of(VmOptions options, @Nullable Integer node) {
            return new Options(
                    options.memoryBytes(),
                    options.cpus(),
                    options.guestPages().label(),
                    options.guestScanFactor(),
                    options.backing().label(),
                    options.quantum(),
                    options.parallel(),
                    options.contents(),
                    options.limit() == Long.MAX_VALUE ? null : (Long) options.limit(),
                    options.warmup(),
                    node);
        }
    }

    /// What every figure stands on.
    public static final String MODEL =
            "measured on the host's processor under its KVM: times differ from run to run; programs"
                + " run in user mode, a chunk of accesses an exit; the guest's kernel is outside"
                + " the guest, so that each of its page faults costs an exit that a real kernel's"
                + " does not; the exits listed are those that reach the hypervisor here, and not"
                + " those that the host's kernel handles by itself; fetches are made as loads";

    /// The report of `result`.
    ///
    /// @param identities of the programs, in order
    /// @param warnings what to know of their traces
    /// @param version Nestwalk's version
    public static KvmReport of(
            KvmResult result, List<String> identities, List<String> warnings, String version) {
        List<PageReport> timeline =
                result.timeline().stream().map(moment -> PageReport.of(moment, false)).toList();
        double seconds = (result.nanoseconds() - result.warmupNanoseconds()) / GIGA;
        return new KvmReport(
                result.complete(),
                result.isVerified(),
                result.nonCanonical(),
                warnings,
                result.nanoseconds(),
                result.warmupNanoseconds(),
                result.accesses(),
                seconds == 0 ? 0 : Math.round(result.accesses() / seconds),
                result.tasks().stream()
                        .map(task -> TaskReport.of(task, result.options().contents()))
                        .toList(),
                ExitReport.all(result.latencies(), result.account(), result.frequency() / GIGA),
                Math.round(result.account().cycles(Cost.GUEST_FAULT) * GIGA / result.frequency()),
                result.guest(),
                PageReport.peak(timeline),
                timeline,
                new Manifest(
                        version,
                        identities,
                        processor(),
                        System.getProperty("os.version", "unknown"),
                        Options.of(result.options(), result.node()),
                        MODEL));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /// Whether no task failed, and none has another checksum than it has to have.
    @JsonIgnore
    public boolean isFlawless() {
        return tasks.stream().noneMatch(TaskReport::isWrong);
    }
}
