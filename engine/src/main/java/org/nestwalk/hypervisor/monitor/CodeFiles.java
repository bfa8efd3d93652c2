package org.nestwalk.hypervisor.monitor;

import org.jspecify.annotations.Nullable;

/// The files that code may be made from.
@FunctionalInterface
public interface CodeFiles {
    /// The file with that number; null if there is none.
    @Nullable ExpectedCode file(long number);
}
