package org.nestwalk.traces.tasks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Runs tasks beside the thread that hands them over, in order and one at a time: while one runs,
/// the caller prepares the next.
///
/// Each task sees all that the caller did before handing it over, and the caller sees all that a
/// task did once [#await] or the next [#run] has returned. For one calling thread.
public final class Beside {
    private @Nullable CompletableFuture<Void> last;

    /// Of no task yet.
    public Beside() {}

    /// Runs `task` once the one before has ended, which this waits for; throws what that one threw.
    public void run(Runnable task) {
        await();
        last = CompletableFuture.runAsync(task);
    }

    /// Waits for the task handed over last; throws what it threw, once.
    public void await() {
        CompletableFuture<Void> task = last;
        last = null;
        if (task == null) {
            return;
        }
        try {
            task.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
