package org.nestwalk.lab.conformance;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Checks batches on all processors, and gives the results in the order of the batches.
final class BatchQueue implements AutoCloseable {
    private final int threads = Runtime.getRuntime().availableProcessors();
    private final int keep;
    private final Queue<Future<BatchResult>> running = new ArrayDeque<>();
    private @Nullable ExecutorService executor;

    /// Checks keep `keep` mismatches each.
    BatchQueue(int keep) {
        this.keep = keep;
    }

    /// Starts to check `batch`.
    void add(CaseBatch batch) {
        if (executor == null) {
            executor = Executors.newFixedThreadPool(threads, BatchQueue::thread);
        }
        running.add(executor.submit(() -> batch.check(keep)));
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "nestwalk-conformance");
        thread.setDaemon(true);
        return thread;
    }

    /// Whether enough batches wait to keep all processors at work.
    boolean isFull() {
        return running.size() >= threads + 2;
    }

    boolean isEmpty() {
        return running.isEmpty();
    }

    /// Waits for the batch added first of those still here, and removes it.
    BatchResult take() {
        try {
            return running.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException defect) {
                throw defect;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Gives up what still runs.
    @Override
    public void close() {
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
