package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.lab.compare.ProgressListener;
import org.nestwalk.machine.VmExit;

/// Drives the virtual CPUs of one virtual machine until all are idle: in turns of a quantum each,
/// which is the same every time, or each on a thread of its own.
final class Execution {
    private static final long SAMPLE_EVERY = 64;

    private final VmOptions options;
    private final GuestKernel kernel;
    private final List<BackgroundWork> background;
    private final Timeline timeline;
    private final OptionalLong total;
    private final ProgressListener progress;
    private final AtomicBoolean stop = new AtomicBoolean();

    Execution(
            VmOptions options,
            GuestKernel kernel,
            List<BackgroundWork> background,
            Timeline timeline,
            OptionalLong total,
            ProgressListener progress) {
        this.options = options;
        this.kernel = kernel;
        this.background = background;
        this.timeline = timeline;
        this.total = total;
        this.progress = progress;
    }

    /// Round robin. Returns whether all came to their end.
    boolean inTurns() {
        boolean busy = true;
        for (long round = 0; busy; round++) {
            busy = false;
            for (int cpu = 0; cpu < options.cpus(); cpu++) {
                busy |= slice(cpu);
            }
            housekeeping(round);
            if (stop.get()) {
                return false;
            }
        }
        return true;
    }

    /// A thread for each CPU. Returns whether all came to their end.
    boolean inParallel() {
        try (ExecutorService threads = Executors.newFixedThreadPool(options.cpus())) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < options.cpus(); i++) {
                int cpu = i;
                running.add(threads.submit(() -> runCpu(cpu)));
            }
            for (Future<?> future : running) {
                await(future);
            }
        }
        return !stop.get();
    }

    private void runCpu(int cpu) {
        try {
            for (long round = 0; !stop.get() && slice(cpu); round++) {
                if (cpu == 0) {
                    housekeeping(round);
                }
            }
        } catch (RuntimeException e) {
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
    private boolean slice(int cpu) {
        return switch (kernel.slice(cpu, options.quantum())) {
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

    private void housekeeping(long round) {
        long now = timeline.now();
        for (BackgroundWork work : background) {
            work.tick(now);
        }
        kernel.tick(0, now);
        if (round % SAMPLE_EVERY == 0) {
            timeline.sampleIfDue();
        }
        if (!progress.update(timeline.accesses(), total)) {
            stop.set(true);
        }
    }
}
