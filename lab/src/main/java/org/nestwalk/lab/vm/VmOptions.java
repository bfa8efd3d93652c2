package org.nestwalk.lab.vm;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.CollapseSettings;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.parameter.Parameter;

/// What a run in a virtual machine is asked to do.
///
/// @param programs each of them runs once on every virtual CPU: traces and programs, as
///   [GuestProgram#open] takes them
/// @param memoryBytes guest memory
/// @param hostBytes host memory
/// @param cpus virtual CPUs
/// @param mode how addresses are translated
/// @param guestPages what the guest's kernel gives to first touches
/// @param guestScanFactor how many times as often as Linux's khugepaged the guest's works; 0 for
///   none
/// @param pcids whether the guest's kernel keeps translations over context switches
/// @param backing how the host backs guest memory
/// @param hostScanFactor how many times as often as Linux's khugepaged the host's works, with
///   [BackingChoice#KHUGEPAGED]
/// @param hint whether the guest announces large pages to the host
/// @param hints the host's limits for that
/// @param fragmentation of the host's memory; of the guest's in native mode
/// @param quantum accesses of a virtual CPU's turn, and of a task's
/// @param parallel whether virtual CPUs run on threads of their own, at the cost of reproducible
///   cycles
/// @param contents whether programs' data is kept, so that their checksums can be verified
/// @param limit most accesses of each task, or [Long#MAX_VALUE]
/// @param warmup accesses of each virtual CPU at the start that are made but not counted
/// @param seed of fragmentation, random replacement and keys
/// @param encryption of the host's memory, or null for none
/// @param protection of the guest's memory; needs encryption
public record VmOptions(
        List<String> programs,
        long memoryBytes,
        long hostBytes,
        int cpus,
        TranslationMode mode,
        PagePolicy guestPages,
        double guestScanFactor,
        boolean pcids,
        BackingChoice backing,
        double hostScanFactor,
        boolean hint,
        HintSettings hints,
        Fragmentation fragmentation,
        int quantum,
        boolean parallel,
        boolean contents,
        long limit,
        long warmup,
        long seed,
        @Nullable MemoryEncryption encryption,
        Protection protection) {
    /// The name of the parameter that says how much memory a guest has.
    public static final String MEMORY = "memory";

    private static final int LEAST_QUANTUM = 64;
    private static final long LEAST_MEMORY = 16L << 20;
    private static final long MOST_MEMORY = 16L << 40;

    /// Checks what does not fit together.
    ///
    /// @throws InputException which says so
    public VmOptions {
        programs = List.copyOf(programs);
        if (programs.isEmpty()) {
            throw new InputException("name at least one program or trace to run");
        }
        if (quantum < LEAST_QUANTUM) {
            throw new InputException(
                    "a quantum of %d accesses is too short; use %d or more"
                            .formatted(quantum, LEAST_QUANTUM));
        }
        if (backing.isEager() && memoryBytes > hostBytes && mode != TranslationMode.NATIVE) {
            throw new InputException(
                    "%d bytes of guest memory cannot all be backed by %d bytes of host memory; use less, or --backing first-touch, which overcommits"
                            .formatted(memoryBytes, hostBytes));
        }
        if (hint && mode == TranslationMode.NATIVE) {
            throw new InputException("--hint: there is no hypervisor to take it in native mode");
        }
    }

    /// The parameter that says how much memory a guest has.
    ///
    /// @param usual bytes unless told otherwise
    public static Parameter memory(String meaning, long usual) {
        return Parameter.multiple(MEMORY, meaning, usual, 2L << 20, LEAST_MEMORY, MOST_MEMORY);
    }

    /// One program in a virtual machine of `memoryBytes` under nested paging: one CPU, 4-KiB pages
    /// on both sides, backed at the first touch by half as much host memory again.
    public static VmOptions of(String program, long memoryBytes) {
        return new VmOptions(
                List.of(program),
                memoryBytes,
                memoryBytes + memoryBytes / 2 & -(4L << 20),
                1,
                TranslationMode.NESTED,
                PagePolicy.SMALL,
                0,
                true,
                BackingChoice.FIRST_TOUCH,
                1,
                false,
                HintSettings.DEFAULT,
                Fragmentation.NONE,
                1 << 14,
                false,
                true,
                Long.MAX_VALUE,
                0,
                1,
                null,
                Protection.NONE);
    }

    /// These options with some changes.
    ///
    /// @throws InputException if the result does not fit together
    public VmOptions with(Consumer<VmOptionsBuilder> changes) {
        VmOptionsBuilder builder = new VmOptionsBuilder(this);
        changes.accept(builder);
        return builder.build();
    }

    CollapseSettings hostScanning() {
        return CollapseSettings.LINUX.faster(hostScanFactor);
    }

    /// Whether more memory is promised to the guest than the host has.
    public boolean overcommits() {
        return memoryBytes > hostBytes && mode != TranslationMode.NATIVE;
    }
}
