package org.nestwalk.lab.explain;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.explain.WalkCache.Kind;
import org.nestwalk.paging.WalkVisitor;

/// Compares a walk with the one from the root: puts what it did not read where it would have been
/// read, and says which cache made that unnecessary.
final class SkippedSteps {
    private final List<WalkStep> made;
    private final List<TableEntry> all;
    private final List<WalkStep> merged = new ArrayList<>();
    private int next;

    private SkippedSteps(List<WalkStep> made, List<TableEntry> all) {
        this.made = made;
        this.all = all;
    }

    /// The steps of a walk with those it skipped.
    ///
    /// @param made its own steps
    /// @param all the entries of the walk from the root
    static List<WalkStep> merge(List<WalkStep> made, List<TableEntry> all) {
        return new SkippedSteps(made, all).merge();
    }

    private List<WalkStep> merge() {
        for (WalkStep step : made) {
            switch (step) {
                case WalkStep.Reference reference -> {
                    TableEntry full = skipTo(reference.entry());
                    merged.add(withGuestPhysical(reference, full));
                }
                case WalkStep.FlagUpdate update -> merged.add(update);
                case WalkStep.Lookup lookup -> merged.add(lookup);
                case WalkStep.Skipped skipped -> merged.add(skipped);
            }
        }
        while (next < all.size()) {
            skip(all.get(next++));
        }
        return merged;
    }

    private TableEntry skipTo(TableEntry entry) {
        while (next < all.size()) {
            TableEntry full = all.get(next++);
            if (full.isSameStep(entry)) {
                return full;
            }
            skip(full);
        }
        return entry;
    }

    private void skip(TableEntry entry) {
        merged.add(new WalkStep.Skipped(entry, cause(entry)));
    }

    /// A walk that begins at a cached table does not need its guest-physical address.
    private static WalkStep.Reference withGuestPhysical(
            WalkStep.Reference reference, TableEntry full) {
        TableEntry entry = reference.entry();
        return new WalkStep.Reference(
                reference.number(),
                new TableEntry(
                        entry.dimension(),
                        entry.forLevel(),
                        entry.level(),
                        entry.hpa(),
                        full.gpa(),
                        entry.value()),
                reference.cycles(),
                reference.servedBy(),
                reference.total());
    }

    /// What a hit in the guest's caches gives includes the host-physical address of the next guest
    /// table, so that it spares that table's second-level walk too.
    private WalkCache cause(TableEntry entry) {
        WalkStep.Lookup nested = null;
        WalkStep.Lookup structure = null;
        for (WalkStep step : made) {
            if (!(step instanceof WalkStep.Lookup lookup) || !lookup.found()) {
                continue;
            }
            WalkCache cache = lookup.cache();
            if (cache.kind() == Kind.GUEST_STRUCTURE) {
                int spared = entry.dimension() == WalkVisitor.SECOND ? 1 : 0;
                if (entry.forLevel() != 0 && entry.forLevel() >= cache.level() - spared) {
                    return cache;
                }
            } else if (lookup.forLevel() == entry.forLevel()) {
                if (cache.kind() == Kind.NESTED_TLB) {
                    nested = lookup;
                } else {
                    structure = lookup;
                }
            }
        }
        WalkStep.Lookup found = structure == null ? nested : structure;
        if (found == null) {
            throw new IllegalStateException("no cache explains why " + entry + " was not read");
        }
        return found.cache();
    }
}
