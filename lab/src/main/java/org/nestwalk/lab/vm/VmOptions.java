package org.nestwalk.lab.vm;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.traces.TraceChoice;

/// What a run in a virtual machine is asked to do. What each option is called, its bounds and its
/// default are declared in [VmParameters].
///
/// @param programs each of them runs once on every virtual CPU: traces and programs, as
///   [GuestProgram#open] takes them
/// @param traces how traces are read
/// @param guest what it runs in
/// @param host what that runs on
/// @param run how it runs
/// @param encryption of memory
public record VmOptions(
        List<String> programs,
        TraceChoice traces,
        GuestOptions guest,
        HostOptions host,
        RunOptions run,
        EncryptionOptions encryption) {
    /// Checks what does not fit together.
    ///
    /// @throws InputException which says so
    public VmOptions {
        programs = List.copyOf(programs);
        if (programs.isEmpty()) {
            throw new InputException("name at least one program or trace to run");
        }
        if (run.quantum() < 1) {
            throw InputException.of(VmParameters.QUANTUM, "a turn has an access at least");
        }
        boolean isNative = host.isNative();
        if (host.backing().isEager() && guest.memoryBytes() > host.memoryBytes() && !isNative) {
            throw InputException.of(
                    VmParameters.BACKING,
                    "%s of guest memory cannot all be backed by %s of host memory; use less, or first-touch, which overcommits"
                            .formatted(
                                    Quantities.formatSize(guest.memoryBytes()),
                                    Quantities.formatSize(host.memoryBytes())));
        }
        if (guest.hint() && isNative) {
            throw InputException.of(
                    VmParameters.HINT, "there is no hypervisor to take it in native mode");
        }
    }

    /// One program in a virtual machine of `memoryBytes`, with the defaults of [VmParameters].
    ///
    /// @throws InputException if there can be no such guest
    public static VmOptions of(String program, long memoryBytes) {
        return VmParameters.options(
                Arguments.of(
                        VmParameters.all(),
                        Map.of(
                                Workloads.PROGRAM,
                                List.of(program),
                                VmParameters.MEMORY,
                                List.of(Quantities.formatSize(memoryBytes))),
                        UnaryOperator.identity()));
    }

    /// The same with another guest.
    ///
    /// @throws InputException if the result does not fit together
    public VmOptions withGuest(UnaryOperator<GuestOptions> change) {
        return new VmOptions(programs, traces, change.apply(guest), host, run, encryption);
    }

    /// The same on another host.
    ///
    /// @throws InputException if the result does not fit together
    public VmOptions withHost(UnaryOperator<HostOptions> change) {
        return new VmOptions(programs, traces, guest, change.apply(host), run, encryption);
    }

    /// The same, run differently.
    ///
    /// @throws InputException if the result does not fit together
    public VmOptions withRun(UnaryOperator<RunOptions> change) {
        return new VmOptions(programs, traces, guest, host, change.apply(run), encryption);
    }

    /// The same with memory encrypted so.
    public VmOptions with(EncryptionOptions other) {
        return new VmOptions(programs, traces, guest, host, run, other);
    }

    /// Whether more memory is promised to the guest than the host has.
    public boolean overcommits() {
        return guest.memoryBytes() > host.memoryBytes() && !host.isNative();
    }

    /// The virtual machine that is asked for.
    ///
    /// @throws InputException if there can be none like it
    VmSettings settings() {
        return new VmSettings(
                "the guest",
                guest.memoryBytes(),
                guest.cpus(),
                host.mode(),
                encryption.protection());
    }

    /// Checks that a machine that `has` these abilities can do what is asked for.
    ///
    /// @throws InputException that names what it cannot
    void require(Set<Capability> has) {
        require(has, Capability.SHADOW_MODE, host.mode() == TranslationMode.SHADOW, "mode");
        require(has, Capability.NATIVE_MODE, host.isNative(), "mode");
        require(has, Capability.COMPACTION, guest.hint(), VmParameters.HINT);
        require(
                has,
                Capability.HOST_FRAMES,
                !host.fragmentation().equals(Fragmentation.NONE),
                VmParameters.FRAGMENTATION);
        require(has, Capability.HOST_FRAMES, host.backing().needsFrames(), VmParameters.BACKING);
        require(
                has,
                Capability.HOST_FRAMES,
                encryption.protection() != Protection.NONE,
                "protection");
    }

    private void require(Set<Capability> has, Capability needed, boolean asked, String parameter) {
        if (asked && !has.contains(needed)) {
            throw InputException.of(
                    parameter,
                    switch (needed) {
                                case HOST_FRAMES -> "the host's kernel chooses frames";
                                case COMPACTION -> "the host's kernel takes no hints";
                                default -> "the host decides how addresses are translated";
                            }
                            + "; this is for the simulated machine");
        }
    }
}
