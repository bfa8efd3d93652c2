package org.nestwalk.hypervisor.migration.live;

import org.jspecify.annotations.Nullable;

/// Takes connections of sources, one at a time.
@FunctionalInterface
public interface Listener {
    /// The next connection.
    ///
    /// @param nanoseconds to wait for it
    /// @return null if there is none in that time
    @Nullable Wire accept(long nanoseconds);
}
