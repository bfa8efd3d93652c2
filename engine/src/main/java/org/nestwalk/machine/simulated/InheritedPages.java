package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.memory.PageSet;

/// Pages that one virtual machine has of another since that was frozen, and that it has not mapped
/// yet. It shares each at its first touch, or just before the other one changes it: so freezing
/// takes no longer for a large memory than for a small one.
///
/// A page of an heir is *settled* when what the other one does with its own no longer matters: it
/// is mapped here, or was and is not any more, or there was none. All others are found by going to
/// the nearest ancestor that has the page mapped. Whoever maps, changes or drops a page has its
/// heirs settle it first; heirs of heirs are not asked, since they find it there.
///
/// Used alone ([org.nestwalk.machine.simulated.host.World]).
final class InheritedPages {
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final SecondLevelTables tables;
    private final List<InheritedPages> heirs = new ArrayList<>();
    private final PageSet settled = new PageSet();
    private @Nullable InheritedPages from;

    /// Nothing is inherited.
    InheritedPages(SecondLevelTables tables) {
        this.tables = tables;
    }

    /// All pages of `other` are these, too, from now on. Nothing is backed here yet, and nobody
    /// writes to a page of `other` without asking its heirs.
    void inherit(InheritedPages other) {
        from = other;
        other.heirs.add(this);
    }

    /// Whether the page around `gpa` is one that an ancestor has, and that is not mapped yet.
    boolean has(long gpa) {
        return origin(gpa) != null;
    }

    /// Whether a page of a range is.
    boolean hasAny(long gpa, long bytes) {
        if (from == null) {
            return false;
        }
        for (long page = gpa; page < gpa + bytes; page += SMALL) {
            if (has(page)) {
                return true;
            }
        }
        return false;
    }

    /// Who has the page around `gpa` mapped that is inherited; null if it is not.
    private @Nullable SecondLevelTables origin(long gpa) {
        InheritedPages here = this;
        while (here.from != null && !here.settled.contains(gpa)) {
            here = here.from;
            if (here.tables.table().leafLevel(gpa) != 0) {
                return here.tables;
            }
        }
        return null;
    }

    /// The host-physical address of what is inherited at `gpa`; -1 if nothing is.
    long lookup(long gpa) {
        SecondLevelTables origin = origin(gpa);
        return origin == null ? -1 : origin.hostAddress(gpa);
    }

    /// Maps the page around `gpa` if it is inherited: as large as it is where it comes from, if
    /// nothing in the way of that has happened here.
    ///
    /// @return whether it was
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory for a table
    boolean take(long gpa) {
        SecondLevelTables origin = origin(gpa);
        if (origin == null) {
            return false;
        }
        PageSize size = PageSize.ofLevel(origin.table().leafLevel(gpa));
        while (size != PageSize.SIZE_4K && !isWhole(gpa & ~size.offsetMask(), size)) {
            size = PageSize.ofLevel(size.level() - 1);
        }
        long page = gpa & ~size.offsetMask();
        tables.shared().adopt(page, origin.shared(), size);
        settled.add(page, size.bytes());
        return true;
    }

    /// Whether the page of `size` at `page` can be mapped as one: no part of it is settled here or
    /// on the way to its origin.
    private boolean isWhole(long page, PageSize size) {
        InheritedPages here = this;
        while (here.from != null
                && here.settled.count(page, size.bytes()) == 0
                && here.tables.table().isFree(page, size)) {
            here = here.from;
        }
        return here.tables.table().leafLevel(page) >= size.level()
                && !tables.claimed().differ(page, size);
    }

    /// Maps all inherited pages of a range.
    void takeAll(long gpa, long bytes) {
        if (from != null) {
            for (long page = gpa; page < gpa + bytes; page += SMALL) {
                boolean _ = take(page);
            }
        }
    }

    /// Pages of a range are about to be mapped, changed or dropped here: they are the heirs' from
    /// now on, or nobody's.
    void beforeChange(long gpa, long bytes) {
        for (InheritedPages heir : heirs) {
            heir.settle(gpa, bytes);
        }
    }

    private void settle(long gpa, long bytes) {
        takeAll(gpa, bytes);
        settled.add(gpa, bytes);
    }

    /// Nothing is inherited in a range any more: what is there is dropped, unseen.
    void forgo(long gpa, long bytes) {
        if (from != null) {
            settled.add(gpa, bytes);
        }
    }

    /// As [#forgo], and tells `trackers` of each page that is lost so.
    void drop(long gpa, long bytes, DirtyTrackers trackers) {
        if (from != null) {
            for (long page = gpa; !trackers.isEmpty() && page < gpa + bytes; page += SMALL) {
                if (has(page)) {
                    trackers.written(page, SMALL);
                }
            }
            forgo(gpa, bytes);
        }
    }

    /// Adds the pages that are inherited and not mapped to `into`.
    void addTo(PageSet into) {
        InheritedPages here = this;
        PageSet hidden = new PageSet();
        while (here.from != null) {
            hidden.addAll(here.settled);
            here = here.from;
            PageSet theirs = new PageSet();
            here.tables.memory().addMappedTo(theirs);
            hidden.forEachRange(theirs::remove);
            into.addAll(theirs);
        }
    }

    /// All memory is about to be given back: heirs get what they inherit from here, and inherit the
    /// rest from where this virtual machine had it from.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory for their tables: all
    ///   has to stay until they have ended
    void end() {
        PageSet mapped = new PageSet();
        if (!heirs.isEmpty()) {
            tables.memory().addMappedTo(mapped);
        }
        for (InheritedPages heir : heirs) {
            mapped.forEachRange(heir::settle);
        }
        InheritedPages before = from;
        for (InheritedPages heir : heirs) {
            heir.settled.addAll(settled);
            heir.from = before;
            if (before != null) {
                before.heirs.add(heir);
            }
        }
        heirs.clear();
        if (before != null) {
            from = null;
            before.heirs.remove(this);
            before.tables.releaseIfClosed();
        }
    }

    /// All that there is in this memory, mapped or not.
    void addAllTo(PageSet into) {
        tables.memory().addMappedTo(into);
        addTo(into);
    }
}
