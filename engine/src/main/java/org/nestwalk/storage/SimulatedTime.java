package org.nestwalk.storage;

/// How much time whoever waits for a disk has spent waiting, in simulated nanoseconds.
public final class SimulatedTime {
    private long now;

    /// Nothing has been waited for.
    public SimulatedTime() {}

    /// Nanoseconds since the beginning.
    public long now() {
        return now;
    }

    /// Waits until `nanos`, unless that has passed.
    public void waitUntil(long nanos) {
        now = Math.max(now, nanos);
    }
}
