package org.nestwalk.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Turns Ctrl-C into a request: long work polls it, ends early, and still prints what there is
/// before the process goes.
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final long patience;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final CountDownLatch wanted = new CountDownLatch(1);
    private final Thread hook = new Thread(this::requestAndWait, "nestwalk-interruption");
    private volatile boolean requested;

    /// Listens from now until closed.
    Interruption() {
        this(PATIENCE_SECONDS);
    }

    /// The same for work that goes on after a request, for as long as it takes.
    static Interruption ofPart() {
        return new Interruption(Long.MAX_VALUE);
    }

    private Interruption(long patience) {
        this.patience = patience;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether the user wants the work to end.
    boolean isRequested() {
        return requested;
    }

    /// The work should end, as on Ctrl-C, though the process stays.
    void request() {
        requested = true;
        wanted.countDown();
    }

    /// Waits until the user wants the work to end.
    void await() {
        try {
            wanted.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requestAndWait() {
        request();
        try {
            finished.await(patience, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Everything is written; the process may go.
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is going already.
        }
    }
}
