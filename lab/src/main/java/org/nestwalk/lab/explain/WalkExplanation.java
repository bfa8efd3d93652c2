package org.nestwalk.lab.explain;

import java.util.List;
import org.nestwalk.paging.WalkResult;

/// A walk, step by step.
///
/// @param question what was asked
/// @param result how the walk ended
/// @param steps in order; what a cache made unnecessary stands where it would have been
/// @param totalCycles of all steps
/// @param changed the entries that were changed before, one for each change
public record WalkExplanation(
        WalkQuestion question,
        WalkResult result,
        List<WalkStep> steps,
        long totalCycles,
        List<ChangedEntry> changed) {
    /// Copies the lists.
    public WalkExplanation {
        steps = List.copyOf(steps);
        changed = List.copyOf(changed);
    }

    /// The entries read, in order.
    public List<WalkStep.Reference> references() {
        return all(WalkStep.Reference.class);
    }

    /// The entries that did not have to be read.
    public List<WalkStep.Skipped> skipped() {
        return all(WalkStep.Skipped.class);
    }

    /// The updates of accessed and dirty flags, in order.
    public List<WalkStep.FlagUpdate> flagUpdates() {
        return all(WalkStep.FlagUpdate.class);
    }

    /// The look-ups of caches that shorten walks, in order.
    public List<WalkStep.Lookup> lookups() {
        return all(WalkStep.Lookup.class);
    }

    /// The number of references to tables of `dimension`, as in [TableEntry].
    public long references(int dimension) {
        return references().stream().filter(r -> r.entry().dimension() == dimension).count();
    }

    private <T extends WalkStep> List<T> all(Class<T> kind) {
        return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
