package org.nestwalk.hypervisor;

/// Work that a hypervisor or a guest's kernel does every now and then, in simulated time.
public interface BackgroundWork {
    /// It is `nanos` nanoseconds since the machine started: does what has become due. Called by one
    /// thread, at times that never decrease.
    void tick(long nanos);

    /// When there is something to do next, as far as is known.
    long nextNanos();
}
