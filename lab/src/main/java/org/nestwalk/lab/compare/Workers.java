package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Runs the same task on many contenders, on some threads, between a start and a join. With one
/// thread everything happens in the join, on the caller's.
final class Workers implements AutoCloseable {
    private final ExecutorService executor;
    private final boolean threaded;
    private final List<Future<?>> started = new ArrayList<>();
    private List<Contender> waiting = List.of();
    private Consumer<Contender> task = contender -> {};

    Workers(int threads) {
        threaded = threads > 1;
        executor =
                Executors.newFixedThreadPool(
                        threads,
                        work -> {
                            Thread thread = new Thread(work, "nestwalk-worker");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /// Starts `task` on each of `contenders`. The last start has been joined.
    void start(List<Contender> contenders, Consumer<Contender> task) {
        this.task = task;
        if (threaded) {
            for (Contender contender : contenders) {
                started.add(executor.submit(() -> task.accept(contender)));
            }
        } else {
            waiting = contenders;
        }
    }

    /// Waits until all have finished; what one threw is thrown here.
    void join() {
        waiting.forEach(task);
        waiting = List.of();
        for (Future<?> future : started) {
            await(future);
        }
        started.clear();
    }

    private static void await(Future<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
