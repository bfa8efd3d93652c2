package org.nestwalk.lab.labs.validate;

import java.time.Duration;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Lets work go on for a while that somebody has asked to end: what was measured for minutes would
/// be lost without the predictions beside it.
final class Patience implements ProgressListener {
    private final ProgressListener watcher;
    private final Duration patience;
    private boolean ended;
    private long since;

    /// Work that `watcher` watches, `patience` longer than it wants.
    Patience(ProgressListener watcher, Duration patience) {
        this.watcher = watcher;
        this.patience = patience;
    }

    @Override
    public synchronized boolean update(ProgressEvent event) {
        if (!watcher.update(event) && !ended) {
            ended = true;
            since = System.nanoTime();
        }
        return !ended || System.nanoTime() - since < patience.toNanos();
    }
}
