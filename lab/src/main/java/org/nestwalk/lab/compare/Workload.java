package org.nestwalk.lab.compare;

import java.util.OptionalLong;
import org.nestwalk.guest.AccessSource;

/// What a comparison runs: the accesses of a recorded trace or of a generated program.
public interface Workload extends AutoCloseable {
    /// What to call it: the trace's file name, or the program with its parameters.
    String name();

    /// Its accesses from the beginning. Called once.
    AccessSource open();

    /// How many accesses there are, if that is known before the end.
    OptionalLong accesses();

    /// What identifies its contents: a trace's digest, or a program's full text. For some formats
    /// only complete after the trace has been read.
    String identity();

    /// Accesses left out so far because their addresses are not canonical.
    default long nonCanonical() {
        return 0;
    }

    @Override
    default void close() {}
}
