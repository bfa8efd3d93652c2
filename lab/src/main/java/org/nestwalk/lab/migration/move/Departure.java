package org.nestwalk.lab.migration.move;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.live.SourceSide;
import org.nestwalk.hypervisor.migration.live.SourceState;
import org.nestwalk.hypervisor.migration.live.ThreadDrive;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.migration.KernelGuest;
import org.nestwalk.lab.migration.PolicyDefinition.Policy;
import org.nestwalk.lab.migration.wire.Endpoint;
import org.nestwalk.lab.migration.wire.PageCounts;
import org.nestwalk.lab.migration.wire.WireConnector;
import org.nestwalk.lab.migration.wire.WireLimits;
import org.nestwalk.lab.migration.wire.WireSettings;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.snapshot.SavedPrograms;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.snapshot.SnapshotParameters;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.parameter.Arguments;

/// A guest leaves: a program runs in a virtual machine up to some access, and on while it moves to
/// another process; or to its end, if that fails.
public final class Departure {
    private static final int QUANTUM = 1 << 14;
    private static final String RUNS = "ran at the source";

    // Private memory of 4-KiB pages whose writes are logged, and nothing else that costs time.
    private static final KvmSettings ON_KVM =
            new KvmSettings(KvmSettings.Backing.ANONYMOUS, false, false, KvmSettings.Dirty.BITMAP);
    private static final List<DirtySource> TRACKING =
            List.of(DirtySource.HOST_BITMAP, DirtySource.LOG, DirtySource.FLAGS, DirtySource.TRAPS);

    private final Arguments given;
    private final Path keep;
    private final MoveWatcher watcher;
    private final @Nullable Within within;
    private final Endpoint target;
    private final WireConnector connector;
    private final boolean tls;
    private final Policy policy;
    private final List<Task> tasks = new ArrayList<>();
    private int told;
    private boolean ended;
    private @Nullable String kept;

    private Departure(Arguments given, Path keep, MoveWatcher watcher, @Nullable Within within) {
        this.given = given;
        this.keep = keep;
        this.watcher = watcher;
        this.within = within;
        target = MoveParameters.endpoint(given, MoveParameters.TO);
        policy = MoveParameters.policy(given);
        KeptGuest.check(keep);
        InetSocketAddress address = target.address(MoveParameters.TO);
        long memory = given.size(SnapshotParameters.MEMORY);
        WireSettings wire =
                MoveParameters.wire(
                        given, MoveParameters.TO, address, WireLimits.USUAL.withMemory(memory));
        tls = wire.tls() != null;
        connector =
                new WireConnector(target, address, wire, policy.start() instanceof PostCopyAfter);
    }

    /// Runs the program and moves it.
    ///
    /// @param given of [MoveParameters#migrate]
    /// @param keep the file for the guest if it is not known whose it is
    /// @param progress is told how far it is, and ends the migration, but not the program, by
    ///   returning false
    /// @param events is told what happens
    /// @throws InputException if it is asked for something that cannot be; nothing has moved then
    public static MoveResult run(
            Arguments given, Path keep, ProgressListener progress, Consumer<MoveEvent> events) {
        return new Departure(given, keep, new MoveWatcher(progress, events), null).run();
    }

    /// The same to a target in this process.
    static MoveResult run(Arguments given, Path keep, ProgressListener progress, Within within) {
        return new Departure(given, keep, new MoveWatcher(progress, _ -> {}), within).run();
    }

    private MoveResult run() {
        long memory = given.size(SnapshotParameters.MEMORY);
        int cpus = MoveParameters.cpus(given);
        GuestProgram program = SavedPrograms.named(given.text(Workloads.PROGRAM), cpus);
        SnapshotHost host = SnapshotParameters.host(given);
        FirstMove.rehearse();
        try (Machine machine = host.open(memory, ON_KVM);
                VirtualMachine vm =
                        machine.create(
                                new VmSettings(
                                        "the guest", memory, cpus, TranslationMode.NESTED))) {
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            GuestKernel kernel =
                    new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, host.costs()));
            start(kernel, program, cpus);
            KernelGuest guest = new KernelGuest(kernel);
            long after = given.count(SnapshotParameters.AFTER);
            runUntil(guest, after);
            try (ThreadDrive drive = new ThreadDrive(vm, guest)) {
                drive.start();
                return move(machine, vm, kernel, drive);
            }
        }
    }

    private void start(GuestKernel kernel, GuestProgram program, int cpus) {
        GuestProcess process = null;
        for (int cpu = 0; cpu < cpus; cpu++) {
            int index = cpu;
            if (process == null || !program.isShared()) {
                process = kernel.start(cpu, program.name(), program.areas());
            }
            tasks.add(kernel.run(process, program.task(cpu), _ -> program.openCopy(index), cpu));
        }
    }

    private void runUntil(KernelGuest guest, long after) {
        boolean more = true;
        while (more && tasks.stream().anyMatch(task -> task.made() < after)) {
            if (within != null && !within.runs(RUNS, made())) {
                throw new EndedEarly();
            }
            more = false;
            for (int cpu = 0; cpu < tasks.size(); cpu++) {
                long left = after - tasks.get(cpu).made();
                if (left > 0) {
                    more |= guest.run(cpu, (int) Math.min(QUANTUM, left));
                }
            }
        }
        if (!more) {
            tasks.forEach(Departure::requireNoFailure);
            throw new InputException(
                    "the program ends after %,d accesses, so that there is nothing left at access %,d to move; move it earlier"
                            .formatted(tasks.getFirst().made(), after));
        }
    }

    private static void requireNoFailure(Task task) {
        if (task.failure() != null) {
            throw new InputException(
                    "the program fails after %,d accesses, before it could move: %s"
                            .formatted(task.made(), task.failure().message()));
        }
    }

    private long made() {
        return tasks.stream().mapToLong(Task::made).sum();
    }

    private MoveResult move(
            Machine machine, VirtualMachine vm, GuestKernel kernel, ThreadDrive drive) {
        Set<DirtySource> sources = vm.dirtySources();
        DirtySource tracking =
                TRACKING.stream().filter(sources::contains).findFirst().orElseThrow();
        SourceSide side =
                new SourceSide(
                        drive,
                        tracking,
                        connector,
                        System::nanoTime,
                        MoveParameters.patience(given),
                        within == null ? new SecureRandom().nextLong() : within.id(),
                        machine.name());
        MigrationPolicy decides = policy.start();
        MigrationOutcome outcome = side.run(decides, this::observe);
        MoveResult.Fate fate = fate(side.state());
        switch (fate) {
            case MOVED -> watcher.tellWhy("moved", outcome.failure());
            case STAYED -> {
                watcher.tellWhy("stayed", outcome.failure());
                awaitEnd(drive);
            }
            case IN_DOUBT -> {
                watcher.tellWhy("in-doubt", outcome.failure());
                kept = KeptGuest.write(machine, vm, kernel, keep);
            }
        }
        return result(machine, outcome, fate);
    }

    private void awaitEnd(ThreadDrive drive) {
        Within both = within;
        if (both == null) {
            drive.awaitEnd();
        } else {
            GuestWatch.awaitEnd(drive, () -> !ended && both.runs(RUNS, made()));
        }
    }

    private static MoveResult.Fate fate(SourceState state) {
        return switch (state) {
            case GONE -> MoveResult.Fate.MOVED;
            case IN_DOUBT, SERVING -> MoveResult.Fate.IN_DOUBT;
            case OFFERING, COPYING, ASKING, KEPT -> MoveResult.Fate.STAYED;
        };
    }

    /// The tasks that will do nothing over there.
    private List<Task> endedHere(MoveResult.Fate fate) {
        return tasks.stream()
                .filter(task ->
                        within == null && fate == MoveResult.Fate.STAYED || GuestEnd.hasEnded(task))
                .toList();
    }

    private boolean observe(MigrationProgress progress) {
        if (within != null) {
            within.moves(progress);
        }
        JobInfo job = JobInfo.of(progress, connector.counts());
        if (progress.rounds().size() > told) {
            told = progress.rounds().size();
            watcher.tellHow("round", job);
        } else {
            watcher.tellHow("moving", job);
        }
        Map<String, Double> figures =
                Map.of(
                        "iteration",
                        (double) job.iteration(),
                        "memoryRemaining",
                        (double) job.memoryRemaining(),
                        "memoryBandwidth",
                        (double) job.memoryBandwidth(),
                        "dirtyRate",
                        job.dirtyRate() == null ? 0 : (double) job.dirtyRate(),
                        "expectedDowntimeMs",
                        job.expectedDowntimeMs());
        ended |=
                !watcher.update(
                        "moved round %d".formatted(job.iteration()),
                        progress.sent(),
                        OptionalLong.of(progress.sent() + progress.left()),
                        MoveWatcher.BYTES,
                        figures);
        return !ended;
    }

    private MoveResult result(Machine machine, MigrationOutcome outcome, MoveResult.Fate fate) {
        PageCounts pages = connector.counts();
        return new MoveResult(
                tasks.getFirst().program() == null
                        ? given.text(Workloads.PROGRAM)
                        : tasks.getFirst().program().text(),
                machine.name(),
                target.toString(),
                tls,
                policy.text(),
                fate,
                outcome.failure(),
                ended,
                given.size(SnapshotParameters.MEMORY),
                tasks.size(),
                given.count(SnapshotParameters.AFTER),
                outcome.nanoseconds(),
                // Of what a broken connection had taken only the pages are known.
                Math.max(outcome.bytes(), pages.bytes()),
                pages,
                outcome.rounds(),
                outcome.downtime().memory(),
                outcome.downtime().handOver(),
                outcome.postCopy(),
                outcome.faults(),
                outcome.longestPause(),
                kept,
                GuestEnd.of(endedHere(fate)));
    }
}
