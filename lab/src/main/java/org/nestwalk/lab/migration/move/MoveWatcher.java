package org.nestwalk.lab.migration.move;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Tells those who watch what happens while a guest moves. Any thread may call it.
final class MoveWatcher {
    static final String BYTES = "bytes";

    private final ProgressListener progress;
    private final Consumer<MoveEvent> events;
    private final long start = System.nanoTime();

    MoveWatcher(ProgressListener progress, Consumer<MoveEvent> events) {
        this.progress = progress;
        this.events = events;
    }

    /// Something has happened.
    void tell(String event) {
        tell(event, null, null, null);
    }

    /// Something has happened, perhaps for a reason.
    void tellWhy(String event, @Nullable String reason) {
        tell(event, null, null, reason);
    }

    /// Connections are taken.
    void listening(int port) {
        tell("listening", port, null, null);
    }

    /// So much is done.
    void tellHow(String event, JobInfo job) {
        tell(event, null, job, null);
    }

    private synchronized void tell(
            String event, @Nullable Integer port, @Nullable JobInfo job, @Nullable String reason) {
        double seconds = (System.nanoTime() - start) / 1e9;
        events.accept(new MoveEvent(event, seconds, port, job, reason));
    }

    /// Shows how far it is.
    ///
    /// @return false if the user has ended it
    synchronized boolean update(
            String phase, long done, OptionalLong total, String unit, Map<String, Double> figures) {
        return progress.update(new ProgressEvent(phase, done, total, unit, figures));
    }
}
