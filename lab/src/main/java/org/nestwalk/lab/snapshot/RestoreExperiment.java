package org.nestwalk.lab.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.lazy.LazyCounts;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.hypervisor.lazy.StorageCosts;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.memory.PageSet;

/// Goes on from a snapshot to the end of its programs, and compares them with plain execution.
public final class RestoreExperiment {
    private static final int QUANTUM = 1 << 10;
    private static final LazyCounts NONE = new LazyCounts(0, 0, 0, 0, 0, 0);

    private final SnapshotFile file;
    private final SnapshotHost host;
    private final RestoreMethod method;
    private final boolean background;
    private final long start;

    private RestoreExperiment(
            SnapshotFile file,
            SnapshotHost host,
            RestoreMethod method,
            boolean background,
            long start) {
        this.start = start;
        this.file = file;
        this.host = host;
        this.method = method;
        this.background = background;
    }

    /// What came of it.
    ///
    /// @param file that was restored
    /// @param machine that it was restored on
    /// @param simulated whether times are simulated, by stated assumptions, and not measured
    /// @param method when memory was loaded
    /// @param background whether it was loaded beside the guest, too
    /// @param pages that the snapshot has
    /// @param loading how they were loaded when not eagerly
    /// @param firstAccessNanos from before the file is opened to the end of the first access;
    ///   measured, whatever the machine
    /// @param nanosTo90 from the start to 90 % of the remaining accesses, waiting for storage
    ///   included
    /// @param workingSetPages pages kept as the working set for the next restore
    /// @param tasks what came of the programs
    public record Result(
            String file,
            String machine,
            boolean simulated,
            String method,
            boolean background,
            long pages,
            LazyCounts loading,
            long firstAccessNanos,
            long nanosTo90,
            long workingSetPages,
            List<TaskResult> tasks) {
        /// Copies the list.
        public Result {
            tasks = List.copyOf(tasks);
        }

        /// Whether all programs ended with the checksums of plain execution.
        public boolean isVerified() {
            return tasks.stream().allMatch(TaskResult::verified);
        }
    }

    /// A program.
    ///
    /// @param program its name
    /// @param before accesses made before the snapshot
    /// @param accesses made in all
    /// @param checksum of what it loaded
    /// @param verified whether that is the checksum of plain execution
    /// @param failure why it ended early; null if it did not
    public record TaskResult(
            String program,
            long before,
            long accesses,
            String checksum,
            boolean verified,
            @Nullable String failure) {}

    /// Restores the snapshot at `path`.
    ///
    /// @throws InputException if the snapshot is damaged, or the virtual machine cannot go on
    public static Result run(
            Path path, SnapshotHost host, RestoreMethod method, boolean background) {
        long start = System.nanoTime();
        try (SnapshotFile file = SnapshotFile.open(path)) {
            return new RestoreExperiment(file, host, method, background, start).run();
        }
    }

    /// Restores the snapshot at `path` lazily, and lets its guest make one access.
    ///
    /// @return nanoseconds from before the file is opened to the end of that access
    /// @throws InputException if the snapshot is damaged, or the virtual machine cannot go on
    public static long firstAccess(Path path, SnapshotHost host) {
        long start = System.nanoTime();
        try (SnapshotFile file = SnapshotFile.open(path);
                Machine machine = host.openToLoad(file.head().memoryBytes());
                VirtualMachine vm = machine.create(settings(file.state().vm().settings(), host))) {
            LazyMemory memory =
                    new LazyMemory(vm, file, host.isSimulated() ? StorageCosts.ASSUMED : null);
            GuestKernel kernel = Restores.lazily(file, vm, memory, ProgramSpec::open);
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            boolean _ = SnapshotExperiment.slice(kernel, 0, 1);
            return System.nanoTime() - start;
        }
    }

    private static VmSettings settings(VmSettings saved, SnapshotHost host) {
        return new VmSettings(
                saved.name(),
                saved.memoryBytes(),
                saved.cpus(),
                host.isSimulated() ? saved.mode() : TranslationMode.NESTED);
    }

    private Result run() {
        VmSettings saved = file.state().vm().settings();
        try (SnapshotFile set = workingSet();
                Machine machine = host.openToLoad(saved.memoryBytes())) {
            VirtualMachine vm = machine.create(settings(saved, host));
            LazyMemory memory =
                    new LazyMemory(vm, file, host.isSimulated() ? StorageCosts.ASSUMED : null);
            Result result;
            try {
                result = run(machine, vm, memory, set);
            } catch (GuestFailure e) {
                throw new InputException(e.failure().message(), e);
            } finally {
                vm.close();
            }
            if (machine instanceof SimulatedMachine simulated) {
                simulated.closeAndVerify();
            }
            return result;
        }
    }

    private @Nullable SnapshotFile workingSet() {
        if (method != RestoreMethod.WORKING_SET) {
            return null;
        }
        if (!Restores.hasWorkingSet(file)) {
            throw new InputException(
                    "%s: no working set is kept beside it; restore it lazily first, which keeps one"
                            .formatted(file.path()));
        }
        return Restores.workingSet(file);
    }

    private Result run(
            Machine machine, VirtualMachine vm, LazyMemory memory, @Nullable SnapshotFile set) {
        GuestKernel kernel;
        if (method == RestoreMethod.EAGER) {
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_2M));
            kernel = Restores.eagerly(file, vm, ProgramSpec::open);
        } else {
            if (set != null) {
                memory.prefetch(set);
            }
            kernel = Restores.lazily(file, vm, memory, ProgramSpec::open);
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        }
        List<Task> tasks = new ArrayList<>();
        kernel.processes().forEach((GuestProcess process) -> tasks.addAll(process.tasks()));
        List<Long> before = tasks.stream().map(Task::made).toList();
        boolean more = SnapshotExperiment.slice(kernel, 0, 1);
        long first = System.nanoTime() - start;
        List<long[]> moments = new ArrayList<>();
        while (more) {
            more = false;
            for (int cpu = 0; cpu < vm.cpus().size(); cpu++) {
                more |= SnapshotExperiment.slice(kernel, cpu, QUANTUM);
            }
            long now = now(vm, memory);
            moments.add(new long[] {made(tasks), now});
            if (background) {
                memory.tick(now);
            }
        }
        boolean lazy = method != RestoreMethod.EAGER;
        long kept = method == RestoreMethod.LAZY && !background ? keep(memory) : 0;
        PageSet pages = new PageSet();
        file.pages(pages);
        return new Result(
                file.path().toString(),
                machine.name(),
                host.isSimulated(),
                method.label(),
                background,
                pages.size(),
                lazy ? memory.counts() : NONE,
                first,
                at90(moments, before.stream().mapToLong(Long::longValue).sum()),
                kept,
                results(tasks, before));
    }

    /// Time since the restore began, waiting for storage included.
    private long now(VirtualMachine vm, LazyMemory memory) {
        if (!host.isSimulated()) {
            return System.nanoTime() - start;
        }
        return SnapshotHost.nanos(vm)
                + (method == RestoreMethod.EAGER
                        ? StorageCosts.ASSUMED.nanos(file.bytes())
                        : memory.counts().waitedNanos());
    }

    private static long made(List<Task> tasks) {
        return tasks.stream().mapToLong(Task::made).sum();
    }

    private static long at90(List<long[]> moments, long before) {
        if (moments.isEmpty()) {
            return 0;
        }
        long wanted = before + (moments.getLast()[0] - before) * 9 / 10;
        return moments.stream().filter(moment -> moment[0] >= wanted).findFirst().orElseThrow()[1];
    }

    private long keep(LazyMemory memory) {
        PageSet faulted = new PageSet();
        memory.faulted(faulted);
        Restores.keepWorkingSet(file, faulted);
        return faulted.size();
    }

    private static List<TaskResult> results(List<Task> tasks, List<Long> before) {
        List<TaskResult> results = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            TaskProgram program = task.program();
            boolean right =
                    program != null
                            && task.failure() == null
                            && PlainExecution.of(ProgramSpec.open(program)).checksum()
                                    == task.checksum();
            results.add(
                    new TaskResult(
                            program == null ? "" : program.text(),
                            before.get(i),
                            task.made(),
                            "%016x".formatted(task.checksum()),
                            right,
                            task.failure() == null ? null : task.failure().message()));
        }
        return results;
    }
}
