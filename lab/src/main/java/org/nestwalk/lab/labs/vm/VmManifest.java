package org.nestwalk.lab.labs.vm;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Release;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.lab.machines.AssumedCosts;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.vm.DirtyRateOptions;
import org.nestwalk.lab.vm.GuestOptions;
import org.nestwalk.lab.vm.HostOptions;
import org.nestwalk.lab.vm.RunOptions;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.lab.vm.VmTarget;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.model.ProcessorModel;

/// All that is needed to run programs in a virtual machine again, as JSON.
///
/// @param version Nestwalk's
/// @param workloads traces' digests and programs' full texts, in order
/// @param machine the simulated machine's name; left out on KVM
/// @param parameters every parameter of that machine with its source; left out on KVM
/// @param costs every parameter of software's work, in cycles; left out on KVM
/// @param processor the host's, as its kernel calls it; left out on the simulated machine
/// @param kernel the host's release; left out on the simulated machine
/// @param options what was asked for
/// @param model what the figures mean
public record VmManifest(
        String version,
        List<String> workloads,
        @Nullable String machine,
        @Nullable List<MachineFile.Parameter> parameters,
        @Nullable List<MachineFile.Parameter> costs,
        @Nullable String processor,
        @Nullable String kernel,
        Options options,
        String model) {
    /// Copies the lists.
    public VmManifest {
        workloads = List.copyOf(workloads);
        parameters = parameters == null ? null : List.copyOf(parameters);
        costs = costs == null ? null : List.copyOf(costs);
    }

    /// What was asked for. What has no meaning in native mode or on KVM is left out there.
    ///
    /// @param on `sim` for the simulated machine, `kvm` for the host's KVM
    /// @param node of the host that memory and threads were bound to; left out if to none
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
    /// @param contents whether data was kept, so that checksums could be verified
    /// @param limit most accesses of a task; left out if there was no limit
    /// @param warmup accesses of each CPU made first and not counted
    /// @param seed of fragmentation and random replacement
    /// @param dirtyRate how pages written were metered, in nanoseconds; left out if they were not
    /// @param encryption of host memory; left out if it was not encrypted
    /// @param protection of guest memory against the hypervisor; left out if there was none
    public record Options(
            String on,
            @Nullable Integer node,
            long memoryBytes,
            @Nullable Long hostBytes,
            int vcpus,
            @Nullable String mode,
            String guestPages,
            double guestKhugepaged,
            @Nullable Boolean pcid,
            @Nullable String backing,
            @Nullable Double khugepaged,
            @Nullable HintSettings hint,
            @Nullable String fragmentation,
            int quantum,
            boolean parallel,
            boolean contents,
            @Nullable Long limit,
            long warmup,
            @Nullable Long seed,
            @Nullable DirtyRateOptions dirtyRate,
            @Nullable MemoryEncryption encryption,
            @Nullable Protection protection) {
        private static Options of(VmResult result) {
            VmOptions options = result.options();
            GuestOptions guest = options.guest();
            HostOptions host = options.host();
            RunOptions run = options.run();
            VmResult.Measured measured = result.measured();
            boolean simulated = result.simulated() != null;
            Protection protection = options.encryption().protection();
            return new Options(
                    (simulated ? VmTarget.SIM : VmTarget.KVM).label(),
                    measured == null ? null : measured.node(),
                    guest.memoryBytes(),
                    simulated && !host.isNative() ? (Long) host.memoryBytes() : null,
                    guest.cpus(),
                    simulated ? host.mode().name().toLowerCase(Locale.ROOT) : null,
                    guest.pages().label(),
                    guest.scanFactor(),
                    simulated ? (Boolean) guest.pcids() : null,
                    host.isNative() ? null : host.backing().label(),
                    host.collapses() ? (Double) host.scanFactor() : null,
                    guest.hint() ? host.hints() : null,
                    simulated ? host.fragmentation().spec() : null,
                    run.quantum(),
                    run.parallel(),
                    run.contents(),
                    run.limit() == Long.MAX_VALUE ? null : (Long) run.limit(),
                    run.warmup(),
                    simulated ? (Long) run.seed() : null,
                    run.dirtyRate(),
                    options.encryption().memory(),
                    protection == Protection.NONE ? null : protection);
        }
    }

    /// How `result` came about.
    ///
    /// @param machine that it ran on, if that was simulated
    static VmManifest of(VmResult result, @Nullable MachineFile machine) {
        VmResult.Simulated simulated = result.simulated();
        VmResult.Measured measured = result.measured();
        return new VmManifest(
                Release.VERSION,
                result.ran().identities(),
                simulated == null ? null : simulated.machine(),
                machine == null ? null : machine.parameters(),
                simulated == null ? null : AssumedCosts.of(simulated.costs()),
                measured == null ? null : measured.processor(),
                measured == null ? null : measured.kernel(),
                Options.of(result),
                machine == null ? VmRun.MEASURED_MODEL : model(result, machine.model()));
    }

    private static String model(VmResult result, ProcessorModel machine) {
        boolean isLeast = machine.overlap() != null && result.ran().ofUnknownDependence();
        return Timing.of(machine)
                + "; "
                + VmRun.MODEL
                + (isLeast
                        ? "; which accesses of a trace depend on which is not known, and the"
                                + " cycles are those if none does, the least: those of a blocking"
                                + " machine are the most"
                        : "");
    }
}
