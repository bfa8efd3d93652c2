package org.nestwalk.hypervisor.migration.live;

/// Connects to the target.
@FunctionalInterface
public interface Connector {
    /// A new connection. The one before, if there was one, is closed.
    ///
    /// @param nanoseconds to try
    /// @throws BrokenWireException if there is none in that time
    Wire connect(long nanoseconds);
}
