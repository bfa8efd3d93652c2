package org.nestwalk.traces.record;

import org.nestwalk.traces.TraceBlock;

/// What a recorder hears from the running program.
interface AccessStream extends AutoCloseable {
    /// Replaces the contents of `block` by the next accesses and returns how many, 0 at the
    /// program's end. Waits for the program where it has done nothing yet.
    int read(TraceBlock block);

    /// `/proc/PID/maps` before the program was loaded, or empty if unknown.
    default String mapsBefore() {
        return "";
    }

    /// `/proc/PID/maps` when the program ended, or empty if unknown.
    default String mapsAfter() {
        return "";
    }

    @Override
    void close();
}
