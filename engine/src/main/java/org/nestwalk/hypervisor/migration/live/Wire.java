package org.nestwalk.hypervisor.migration.live;

import org.jspecify.annotations.Nullable;

/// Carries messages between the two sides, in order, each whole or not at all. Sent by one thread
/// and received by one thread at a time.
public interface Wire extends AutoCloseable {
    /// Sends a message. It may be on its way for a while; what was sent before arrives before it.
    ///
    /// @throws BrokenWireException if the wire is broken
    void send(Message message);

    /// The next message.
    ///
    /// @param nanoseconds to wait for it
    /// @return null if none has come in that time
    /// @throws BrokenWireException if the wire is broken, or what has come is no message
    @Nullable Message receive(long nanoseconds);

    /// A way beside it for single pages that a guest waits for, on which nothing else is in front
    /// of them: requests ([Message.Want]) in one direction, their pages in the other. If it breaks,
    /// this wire counts as broken.
    ///
    /// @return null if there is none, or none yet: then they go over this wire
    default @Nullable Wire urgent() {
        return null;
    }

    /// Bytes that have been sent over it.
    long sentBytes();

    /// Closes it. Messages that are on their way may be lost.
    @Override
    void close();
}
