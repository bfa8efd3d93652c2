package org.nestwalk.lab.transactions;

import java.util.OptionalLong;
import org.nestwalk.lab.compare.ProgressListener;

/// Adds up the accesses of several experiments for those who watch.
final class Meter {
    private final ProgressListener listener;
    private long done;

    Meter(ProgressListener listener) {
        this.listener = listener;
    }

    /// So many more have been made.
    void add(long accesses) {
        done += accesses;
        listener.update(done, OptionalLong.empty());
    }
}
