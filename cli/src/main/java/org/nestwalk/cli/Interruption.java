package org.nestwalk.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Turns Ctrl-C into a request: long work polls it, ends early, and still prints what there is
/// before the process goes.
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::request, "nestwalk-interruption");
    private volatile boolean requested;

    /// Listens from now until closed.
    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether the user wants the work to end.
    boolean isRequested() {
        return requested;
    }

    private void request() {
        requested = true;
        try {
            finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Everything is written; the process may go.
    @Override
    public void close() {
        finished.countDown();
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
