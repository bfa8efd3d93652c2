package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;

/// Carries bytes to and from the other side, in order. One thread may read while another writes.
public interface Carrier extends AutoCloseable {
    /// Reads what there is into `into`, as far as there is room.
    ///
    /// @param nanoseconds to wait for the first byte
    /// @return how many; 0 if none have come in that time, -1 if none will come any more
    /// @throws org.nestwalk.hypervisor.migration.live.BrokenWireException if it is broken
    int read(ByteBuffer into, long nanoseconds);

    /// Writes all of `parts`, one after the other.
    ///
    /// @param nanoseconds in which the other side has to take them
    /// @throws org.nestwalk.hypervisor.migration.live.BrokenWireException if it is broken, or they
    ///   were not taken in that time
    void write(ByteBuffer[] parts, long nanoseconds);

    /// Writes all of `from`, as [#write(ByteBuffer[], long)] does.
    default void write(ByteBuffer from, long nanoseconds) {
        write(new ByteBuffer[] {from}, nanoseconds);
    }

    /// Has a reader look again and again for a moment before it sleeps: what comes is few bytes
    /// that somebody waits for, and waking up takes longer than they do.
    default void hurry() {}

    /// Who is on the other side, for messages.
    String peer();

    /// Ends it, after what was written has gone out, if that takes no longer than a moment.
    @Override
    void close();
}
