package org.nestwalk.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/// Work on several threads.
final class Threads {
    private Threads() {}

    /// Does all, on this thread if `threads` is 1, and returns what came of it in order.
    ///
    /// @throws RuntimeException the first, in order, that any of it threw
    static <T> List<T> all(List<Supplier<T>> work, int threads) {
        try {
            return threads == 1
                    ? work.stream().map(Supplier::get).toList()
                    : onOthers(work, threads);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static <T> List<T> onOthers(List<Supplier<T>> work, int threads)
            throws InterruptedException {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<T> done = new ArrayList<>();
            for (Future<T> one : executor.invokeAll(callable(work))) {
                done.add(one.get());
            }
            return done;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static <T> List<Callable<T>> callable(List<Supplier<T>> work) {
        return work.stream().<Callable<T>>map(one -> one::get).toList();
    }
}
