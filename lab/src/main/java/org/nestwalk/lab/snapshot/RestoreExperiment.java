package org.nestwalk.lab.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.lazy.LazyCounts;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.hypervisor.lazy.StorageCosts;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
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

    private final SnapshotFile file;
    private final SnapshotHost host;
    private final RestorePlan plan;
    private final RestoredGuest guest;
    private final ProgressListener progress;
    private final long start;
    private long eagerNanos;
    private long accounted;

    private RestoreExperiment(
            SnapshotFile file,
            SnapshotHost host,
            RestorePlan plan,
            RestoredGuest guest,
            ProgressListener progress,
            long start) {
        this.start = start;
        this.file = file;
        this.host = host;
        this.plan = plan;
        this.guest = guest;
        this.progress = progress;
    }

    /// What came of it.
    ///
    /// @param file that was restored
    /// @param machine that it was restored on
    /// @param simulated whether times are simulated, by stated assumptions, and not measured
    /// @param method when memory was loaded
    /// @param background whether it was loaded beside the guest, too
    /// @param pages that the snapshot has
    /// @param loading how they were loaded
    /// @param firstAccessNanos from before the file is opened to the end of the first access;
    ///   measured, whatever the machine
    /// @param nanosToFirst the same, simulated where times are, waiting for storage included
    /// @param nanosTo90 from the start to 90 % of the remaining accesses, likewise
    /// @param nanosToEnd from the start to the last access, likewise
    /// @param tail accesses that waited for memory, over time
    /// @param workingSetPages pages kept as the working set for the next restore
    /// @param notKept why they could not be kept; left out if they were, or were not to be
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
            long nanosToFirst,
            long nanosTo90,
            long nanosToEnd,
            FaultTail tail,
            long workingSetPages,
            @Nullable String notKept,
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
            RestorePlan plan = RestorePlan.usual(method, background);
            RestoredGuest guest = RestoredGuest.of(file);
            return new RestoreExperiment(file, host, plan, guest, ProgressListener.NONE, start)
                    .run();
        }
    }

    /// Restores the memory of `file`, which stays open, for `guest`.
    ///
    /// @throws InputException if the snapshot is damaged, or the virtual machine cannot go on
    /// @throws EndedEarly if `progress` says to end it
    public static Result run(
            SnapshotFile file,
            SnapshotHost host,
            RestorePlan plan,
            RestoredGuest guest,
            ProgressListener progress) {
        long start = System.nanoTime();
        return new RestoreExperiment(file, host, plan, guest, progress, start).run();
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
            RestoredGuest guest = RestoredGuest.of(file);
            GuestKernel kernel = Restores.lazily(guest.state(), vm, memory, guest.programs());
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
        GuestState state = guest.state();
        VmSettings saved = state.vm().settings();
        try (SnapshotFile set = workingSet();
                Machine machine = host.openToLoad(saved.memoryBytes())) {
            VirtualMachine vm = machine.create(settings(saved, host));
            LazyMemory memory =
                    new LazyMemory(
                            vm,
                            file,
                            host.isSimulated() ? StorageCosts.ASSUMED : null,
                            plan.backing());
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
        if (plan.method() != RestoreMethod.WORKING_SET) {
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
        LongSupplier clock = () -> now(vm, memory);
        FaultWatch watch = new FaultWatch(memory, clock, host.gigahertz());
        vm.observe(watch);
        GuestKernel kernel = restore(vm, memory, set);
        // Accounts go on from what they were when the snapshot was taken.
        accounted = SnapshotHost.nanos(vm);
        List<Task> tasks = new ArrayList<>();
        kernel.processes().forEach((GuestProcess process) -> tasks.addAll(process.tasks()));
        List<Long> earlier = tasks.stream().map(Task::made).toList();
        long already = made(tasks);
        boolean more = SnapshotExperiment.slice(kernel, 0, 1);
        long measured = System.nanoTime() - start;
        long first = clock.getAsLong();
        List<long[]> moments = new ArrayList<>();
        while (more) {
            more = false;
            for (int cpu = 0; cpu < vm.cpus().size(); cpu++) {
                more |= SnapshotExperiment.slice(kernel, cpu, QUANTUM);
            }
            long now = clock.getAsLong();
            moments.add(new long[] {made(tasks), now});
            if (plan.background()) {
                memory.tick(now);
            }
            tell(made(tasks) - already);
        }
        long end = moments.isEmpty() ? first : moments.getLast()[1];
        long kept = 0;
        String notKept = null;
        if (plan.records()) {
            // What came of the restore is not lost with it.
            try {
                kept = keep(memory);
            } catch (InputException e) {
                notKept = e.getMessage();
            }
        }
        return new Result(
                file.path().toString(),
                machine.name(),
                host.isSimulated(),
                plan.method().label(),
                plan.background(),
                pages().size(),
                plan.method() == RestoreMethod.EAGER ? eagerly() : memory.counts(),
                measured,
                first,
                at90(moments, already),
                end,
                watch.tail(end),
                kept,
                notKept,
                results(tasks, earlier));
    }

    private GuestKernel restore(VirtualMachine vm, LazyMemory memory, @Nullable SnapshotFile set) {
        GuestKernel kernel;
        if (plan.method() == RestoreMethod.EAGER) {
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(plan.fresh()));
            long begun = System.nanoTime();
            kernel = Restores.eagerly(file, guest.state(), vm, guest.programs(), plan.backing());
            eagerNanos = System.nanoTime() - begun;
        } else {
            if (set != null) {
                memory.prefetch(set);
            }
            kernel = Restores.lazily(guest.state(), vm, memory, guest.programs());
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(plan.fresh()));
        }
        return kernel;
    }

    /// What loading all at once came to.
    private LazyCounts eagerly() {
        long bytes = 0;
        for (SnapshotFile part = file; part != null; part = part.base()) {
            bytes += part.bytes();
        }
        long nanos = host.isSimulated() ? StorageCosts.ASSUMED.nanos(bytes) : eagerNanos;
        return new LazyCounts(0, pages().size(), 0, bytes, 0, nanos);
    }

    private PageSet pages() {
        PageSet pages = new PageSet();
        file.pages(pages);
        return pages;
    }

    private void tell(long done) {
        if (!progress.update(ProgressEvent.run(done, OptionalLong.empty()))) {
            throw new EndedEarly();
        }
    }

    /// Time since the restore began, waiting for storage included.
    private long now(VirtualMachine vm, LazyMemory memory) {
        if (!host.isSimulated()) {
            return System.nanoTime() - start;
        }
        LazyCounts loading = plan.method() == RestoreMethod.EAGER ? eagerly() : memory.counts();
        return SnapshotHost.nanos(vm) - accounted + loading.waitedNanos();
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

    private List<TaskResult> results(List<Task> tasks, List<Long> before) {
        List<TaskResult> results = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            TaskProgram program = task.program();
            boolean right =
                    program != null
                            && task.failure() == null
                            && guest.checksum().applyAsLong(program) == task.checksum();
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
