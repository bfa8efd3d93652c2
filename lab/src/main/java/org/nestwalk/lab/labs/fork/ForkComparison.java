package org.nestwalk.lab.labs.fork;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.fork.ForkMethod;
import org.nestwalk.lab.fork.ForkResult;

/// What came of forking a guest by several methods.
///
/// @param machine the processor's name; left out on the host's KVM
/// @param program what the parent ran
/// @param cpus virtual CPUs of each guest, each of which ran it
/// @param after accesses that it had made on all of them when it was frozen
/// @param children asked for
/// @param diverge what children do: `none` goes on as the parent, `seed` begins anew
/// @param methods those that were finished, in order
public record ForkComparison(
        @Nullable String machine,
        String program,
        int cpus,
        long after,
        int children,
        String diverge,
        List<ForkResult> methods) {
    /// Copies the list.
    public ForkComparison {
        methods = List.copyOf(methods);
    }

    /// What came of one of them, if it was finished.
    Optional<ForkResult> of(ForkMethod method) {
        return methods.stream().filter(result -> result.method() == method).findFirst();
    }

    /// Whether times are the host's.
    boolean isMeasured() {
        return machine == null;
    }
}
