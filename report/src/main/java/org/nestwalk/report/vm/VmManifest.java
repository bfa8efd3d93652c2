package org.nestwalk.report.vm;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.lab.machines.AssumedCosts;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.VmExperiment;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;

/// All that is needed to run programs in a virtual machine again, as JSON.
///
/// @param version Nestwalk's
/// @param workloads traces' digests and programs' full texts, in order
/// @param machine the machine's name
/// @param parameters every parameter of the machine with its source
/// @param costs every parameter of software's work, in cycles
/// @param options what was asked for
/// @param model what the figures mean
public record VmManifest(
        String version,
        List<String> workloads,
        String machine,
        List<MachineFile.Parameter> parameters,
        List<MachineFile.Parameter> costs,
        Options options,
        String model) {
    /// Copies the lists.
    public VmManifest {
        workloads = List.copyOf(workloads);
        parameters = List.copyOf(parameters);
        costs = List.copyOf(costs);
    }

    /// What was asked for. What has no meaning in native mode is left out there.
    ///
    /// @param memoryBytes guest memory
    /// @param hostBytes host memory
    /// @param vcpus virtual CPUs
    /// @param mode `nested`, `shadow` or `native`
    /// @param guestPages what first touches are given: `4k` or `thp`
    /// @param guestKhugepaged how many times as often as Linux's the guest's works; 0 for never
    /// @param pcid whether translations survive context switches
    /// @param backing how the host backs guest memory
    /// @param khugepaged how many times as often as Linux's the host's works; left out if it does
    ///   not
    /// @param hint limits of the hint for large pages; left out if it is not given
    /// @param fragmentation of host memory; of guest memory in native mode
    /// @param quantum accesses of a turn
    /// @param parallel whether CPUs ran side by side, so that cycles differ from run to run
    /// @param contents whether data was kept
    /// @param limit most accesses of a task; left out if there was no limit
    /// @param warmup accesses of each CPU made first and not counted
    /// @param seed of fragmentation and random replacement
    public record Options(
            long memoryBytes,
            @Nullable Long hostBytes,
            int vcpus,
            String mode,
            String guestPages,
            double guestKhugepaged,
            boolean pcid,
            @Nullable String backing,
            @Nullable Double khugepaged,
            @Nullable HintSettings hint,
            String fragmentation,
            int quantum,
            boolean parallel,
            boolean contents,
            @Nullable Long limit,
            long warmup,
            long seed) {
        static Options of(VmOptions options) {
            boolean isNative = options.mode() == TranslationMode.NATIVE;
            boolean collapses = options.backing() == BackingChoice.KHUGEPAGED && !isNative;
            return new Options(
                    options.memoryBytes(),
                    isNative ? null : (Long) options.hostBytes(),
                    options.cpus(),
                    options.mode().name().toLowerCase(Locale.ROOT),
                    options.guestPages().label(),
                    options.guestScanFactor(),
                    options.pcids(),
                    isNative ? null : options.backing().label(),
                    collapses ? (Double) options.hostScanFactor() : null,
                    options.hint() ? options.hints() : null,
                    options.fragmentation().spec(),
                    options.quantum(),
                    options.parallel(),
                    options.contents(),
                    options.limit() == Long.MAX_VALUE ? null : (Long) options.limit(),
                    options.warmup(),
                    options.seed());
        }
    }

    static VmManifest of(
            VmOptions options, List<String> identities, MachineFile machine, String version) {
        return new VmManifest(
                version,
                identities,
                machine.model().name(),
                machine.parameters(),
                AssumedCosts.of(SoftwareCosts.assumed(machine.model().costs().exitCycles())),
                Options.of(options),
                VmExperiment.MODEL);
    }
}
