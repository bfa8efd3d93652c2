package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Runs the same tasks on many contenders, on some threads. Each contender is given its tasks one
/// after the other, in the order in which they were started; contenders do not wait for each other,
/// for where they do after every block, seven of equal speed never make more than 7/4 of the rate
/// on two threads. With one thread everything happens at once, on the caller's.
public final class Workers implements AutoCloseable {
    private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final ExecutorService executor;
    private final boolean threaded;
    private final List<Contender> contenders;
    private final List<CompletableFuture<Void>> last = new ArrayList<>();

    /// On so many threads.
    public Workers(int threads, List<Contender> contenders) {
        this.threaded = threads > 1;
        this.contenders = contenders;
        for (int i = 0; i < contenders.size(); i++) {
            last.add(NOTHING);
        }
        executor =
                Executors.newFixedThreadPool(
                        threads,
                        work -> {
                            Thread thread = new Thread(work, "nestwalk-worker");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /// Whether there is more than one thread.
    public boolean isThreaded() {
        return threaded;
    }

    /// Starts `task` on each contender, after all that was started before. What is returned
    /// completes when all have finished it.
    public CompletableFuture<Void> start(Consumer<Contender> task) {
        if (!threaded) {
            contenders.forEach(task);
            return NOTHING;
        }
        for (int i = 0; i < contenders.size(); i++) {
            Contender contender = contenders.get(i);
            last.set(i, last.get(i).thenRunAsync(() -> task.accept(contender), executor));
        }
        return CompletableFuture.allOf(last.toArray(CompletableFuture<?>[]::new));
    }

    /// Waits until everything has finished.
    public void join() {
        last.forEach(Workers::await);
    }

    /// Waits for what [#start] returned; what a task threw is thrown here.
    public static void await(CompletableFuture<Void> started) {
        try {
            started.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
