package org.nestwalk.lab.numa;

import java.util.OptionalLong;
import org.nestwalk.lab.compare.ProgressListener;

/// Adds up the accesses of programs that run side by side for those who watch.
final class Meter {
    private final ProgressListener listener;
    private long done;

    Meter(ProgressListener listener) {
        this.listener = listener;
    }

    /// So many more have been made.
    synchronized void add(long accesses) {
        done += accesses;
        listener.update(done, OptionalLong.empty());
    }
}
