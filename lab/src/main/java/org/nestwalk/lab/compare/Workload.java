package org.nestwalk.lab.compare;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.program.Program;
import org.nestwalk.traces.Mapping;

/// What a comparison runs: the accesses of a recorded trace or of a generated program.
public interface Workload extends AutoCloseable {
    /// What to call it: the trace's file name, or the program with its parameters.
    String name();

    /// Its accesses from the beginning. Called once.
    ///
    /// @throws org.nestwalk.InputException if it makes system calls
    AccessSource open();

    /// Its accesses from the beginning, with the system calls between them, for whoever has a
    /// kernel. Called once, in place of [#open].
    default StepSource steps() {
        return open();
    }

    /// How many accesses there are, if that is known before the end.
    OptionalLong accesses();

    /// What identifies its contents: a trace's digest, or a program's full text. For some formats
    /// only complete after the trace has been read.
    String identity();

    /// Accesses left out so far because their addresses are not canonical.
    default long nonCanonical() {
        return 0;
    }

    /// Sentences on what a reader of results should know of it, as far as it has been read: what
    /// was left out, and on which other machine it was recorded. Empty if there is nothing.
    default List<String> warnings() {
        return List.of();
    }

    /// The program, if it is a generated one; otherwise null.
    default @Nullable Program program() {
        return null;
    }

    /// Whether its accesses say on which others they depend, and from where that is known.
    default Dependence dependence() {
        return program() != null ? Dependence.DECLARED : Dependence.UNKNOWN;
    }

    /// The address space of a recorded program; empty where unknown.
    default List<Mapping> mappings() {
        return List.of();
    }

    @Override
    default void close() {}
}
