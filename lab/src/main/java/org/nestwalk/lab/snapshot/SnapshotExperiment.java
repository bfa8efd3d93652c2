package org.nestwalk.lab.snapshot;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;

/// Runs a program in a virtual machine up to some access, takes a snapshot of it, and runs it to
/// its end while the snapshot is written, as far as the machine can freeze memory.
public final class SnapshotExperiment {
    private static final int QUANTUM = 1 << 14;

    private SnapshotExperiment() {}

    /// What came of it.
    ///
    /// @param file that was written
    /// @param machine that the program ran on
    /// @param program what ran: the text of a program, or the path of a trace
    /// @param after accesses made before the snapshot
    /// @param accesses made in all
    /// @param memoryBytes of the virtual machine
    /// @param pages in the file
    /// @param fileBytes of the file
    /// @param sha256 the file's digest
    /// @param base that it is the difference to; null if it stands alone
    /// @param ranOn whether the program ran on while the file was written
    /// @param verified whether the program ended with the checksum of plain execution
    public record Result(
            String file,
            String machine,
            String program,
            long after,
            long accesses,
            long memoryBytes,
            long pages,
            long fileBytes,
            String sha256,
            @Nullable String base,
            boolean ranOn,
            boolean verified) {}

    /// Takes a snapshot.
    ///
    /// @param text a program, or the path of a trace
    /// @param after accesses to make before
    /// @param base a snapshot of the same virtual machine, or null
    /// @throws InputException if the program ends before, or the file cannot be written
    public static Result run(
            String text,
            SnapshotHost host,
            long memoryBytes,
            long after,
            Path file,
            @Nullable Path base) {
        GuestProgram program = SavedPrograms.named(text);
        try (SnapshotFile based = base == null ? null : openBase(base, memoryBytes);
                Machine machine = host.openToFreeze(memoryBytes)) {
            VirtualMachine vm =
                    machine.create(
                            new VmSettings("the guest", memoryBytes, 1, TranslationMode.NESTED));
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            GuestKernel kernel =
                    new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, host.costs()));
            Task task = program.start(kernel, 1).getFirst();
            runUntil(kernel, task, after);
            long taken = task.made();
            boolean ranOn;
            String sha256;
            try (FrozenGuest frozen = FrozenGuest.of(machine, vm, kernel)) {
                ranOn = frozen.isFrozen();
                if (ranOn) {
                    CompletableFuture<String> writing =
                            CompletableFuture.supplyAsync(() -> frozen.write(file, based));
                    try {
                        finish(kernel);
                    } finally {
                        sha256 = join(writing);
                    }
                } else {
                    sha256 = frozen.write(file, based);
                    finish(kernel);
                }
            }
            vm.close();
            if (machine instanceof SimulatedMachine simulated) {
                simulated.closeAndVerify();
            }
            try (SnapshotFile written = SnapshotFile.open(file)) {
                return new Result(
                        file.toString(),
                        machine.name(),
                        program.task(0).text(),
                        taken,
                        task.made(),
                        memoryBytes,
                        written.ownPages(),
                        written.bytes(),
                        sha256,
                        base == null ? null : base.toString(),
                        ranOn,
                        task.failure() == null
                                && PlainExecution.of(program.openCopy(0)).checksum()
                                        == task.checksum());
            }
        }
    }

    private static SnapshotFile openBase(Path path, long memoryBytes) {
        SnapshotFile base = null;
        try {
            base = SnapshotFile.open(path);
            FrozenGuest.requireBaseOf(memoryBytes, base);
            return base;
        } catch (InputException e) {
            if (base != null) {
                base.close();
            }
            throw InputException.of(SnapshotParameters.BASE, String.valueOf(e.getMessage()));
        }
    }

    private static String join(CompletableFuture<String> writing) {
        try {
            return writing.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof InputException bad) {
                throw bad;
            }
            throw e;
        }
    }

    private static void runUntil(GuestKernel kernel, Task task, long after) {
        boolean more = true;
        while (more && task.made() < after) {
            more = slice(kernel, 0, (int) Math.min(QUANTUM, after - task.made()));
        }
        if (task.failure() != null) {
            throw new InputException(
                    "the program fails after %,d accesses, before there is a snapshot: %s"
                            .formatted(task.made(), task.failure().message()));
        }
        if (task.state() == Task.State.FINISHED) {
            throw new InputException(
                    "the program ends after %,d accesses, so that there is nothing left at access %,d to take a snapshot of; take it earlier"
                            .formatted(task.made(), after));
        }
    }

    private static void finish(GuestKernel kernel) {
        while (slice(kernel, 0, QUANTUM)) {
            // To the end.
        }
    }

    /// Returns whether there is more to do.
    ///
    /// @throws InputException if the virtual machine stops
    static boolean slice(GuestKernel kernel, int cpu, int quantum) {
        return switch (kernel.slice(cpu, quantum)) {
            case Slice.More _ -> true;
            case Slice.Idle _ -> false;
            case Slice.Stopped stopped ->
                    throw new InputException(
                            "the virtual machine stopped: "
                                    + (stopped.exit() instanceof VmExit.Failure failure
                                            ? failure.message()
                                            : stopped.exit()));
        };
    }
}
