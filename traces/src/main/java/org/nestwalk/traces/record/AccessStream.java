package org.nestwalk.traces.record;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.TraceBlock;

/// What a recorder hears from the running program.
interface AccessStream extends AutoCloseable {
    /// Replaces the contents of `block` by the next accesses and returns how many, 0 at the
    /// program's end. Waits for the program where it has done nothing yet.
    int read(TraceBlock block);

    /// The program, by its path, and the arguments that made the accesses read last, if the process
    /// has executed it since this was asked last; else null. Accesses of the program before are not
    /// returned any more.
    default @Nullable List<String> executed() {
        return null;
    }

    /// What the program has mapped so far, or null if that is not known.
    default @Nullable AddressSpace addresses() {
        return null;
    }

    @Override
    void close();
}
