package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntToLongFunction;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.VmExit;

/// Drives the virtual CPUs of one virtual machine until all are idle: in turns of a quantum each,
/// which is the same every time, or each on a thread of its own.
final class Execution {
    private final RunOptions options;
    private final int cpus;
    private final GuestKernel kernel;
    private final List<BackgroundWork> background;
    private final Timeline timeline;
    private final OptionalLong total;
    private final ProgressListener progress;
    private final IntToLongFunction made;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ReentrantLock chores = new ReentrantLock();

    Execution(
            VmOptions options,
            GuestKernel kernel,
            List<BackgroundWork> background,
            Timeline timeline,
            OptionalLong total,
            ProgressListener progress,
            IntToLongFunction made) {
        this.options = options.run();
        this.cpus = options.guest().cpus();
        this.kernel = kernel;
        this.background = background;
        this.timeline = timeline;
        this.total = total;
        this.progress = progress;
        this.made = made;
    }

    /// Runs the warm-up, then `onWarm`, then the rest. Returns whether all came to their end.
    boolean run(Runnable onWarm) {
        if (options.warmup() > 0) {
            if (!run(options.warmup())) {
                return false;
            }
            onWarm.run();
        }
        return run(Long.MAX_VALUE);
    }

    /// Runs until each CPU has made `until` accesses or is idle.
    private boolean run(long until) {
        return options.parallel() ? inParallel(until) : inTurns(until);
    }

    /// Round robin. Returns whether all came to their end.
    private boolean inTurns(long until) {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (int cpu = 0; cpu < cpus; cpu++) {
                busy |= slice(cpu, until);
            }
            housekeeping();
            if (stop.get()) {
                return false;
            }
        }
        return true;
    }

    /// A thread for each CPU, one of which at a time does what is to be done between slices.
    /// Returns whether all came to their end.
    private boolean inParallel(long until) {
        try (ExecutorService threads = Executors.newFixedThreadPool(cpus)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < cpus; i++) {
                int cpu = i;
                running.add(threads.submit(() -> runCpu(cpu, until)));
            }
            for (Future<?> future : running) {
                await(future);
            }
        }
        return !stop.get();
    }

    private void runCpu(int cpu, long until) {
        try {
            while (!stop.get() && slice(cpu, until)) {
                if (chores.tryLock()) {
                    try {
                        housekeeping();
                    } finally {
                        chores.unlock();
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            stop.set(true);
            throw e;
        }
    }

    private void await(Future<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            stop.set(true);
            Thread.currentThread().interrupt();
        }
    }

    /// Returns whether the CPU has more to do.
    private boolean slice(int cpu, long until) {
        int quantum = options.quantum();
        if (until != Long.MAX_VALUE) {
            quantum = (int) Math.min(quantum, until - made.applyAsLong(cpu));
            if (quantum <= 0) {
                return false;
            }
        }
        return switch (kernel.slice(cpu, quantum)) {
            case Slice.More more -> true;
            case Slice.Idle idle -> false;
            case Slice.Stopped stopped -> throw new InputException(why(stopped.exit()));
        };
    }

    private static String why(VmExit exit) {
        return switch (exit) {
            case VmExit.Failure failure -> failure.message();
            default -> "the virtual machine stopped: " + exit;
        };
    }

    private void housekeeping() {
        long now = timeline.now();
        for (BackgroundWork work : background) {
            work.tick(now);
        }
        kernel.tick(0, now);
        timeline.sampleIfDue();
        if (progress.wantsPages()) {
            progress.see(timeline.pages());
        }
        if (!progress.update(ProgressEvent.run(timeline.accesses(), total))) {
            stop.set(true);
        }
    }
}
