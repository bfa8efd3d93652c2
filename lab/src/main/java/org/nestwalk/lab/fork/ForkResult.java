package org.nestwalk.lab.fork;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of freezing a guest and forking it.
///
/// @param method how its memory was passed on
/// @param freezing nanoseconds from the request until the guest can go on
/// @param copyingAll nanoseconds that copying all of its memory takes, measured in this run; left
///   out where it was not asked for
/// @param creating nanoseconds until a child exists; left out where machines cost no time to make
/// @param firstAccess nanoseconds of each child's first access, on its own clock
/// @param copies exits in which a page was copied, in nanoseconds; left out if there are none, or
///   the host's kernel copies unseen
/// @param frozenPages pages of 4 KiB that were backed when it was frozen
/// @param children what became of them
/// @param moments pages of all children over the run, in order
/// @param family the guest that was frozen and its children at the end, 32 at most
/// @param hostPages of 4 KiB that all children take together, tables included, at the end; left out
///   where others take memory, too
public record ForkResult(
        ForkMethod method,
        long freezing,
        @Nullable Long copyingAll,
        @Nullable Spread creating,
        Spread firstAccess,
        @Nullable Spread copies,
        long frozenPages,
        Children children,
        List<Moment> moments,
        List<Relative> family,
        @Nullable Long hostPages) {
    /// Copies the lists.
    public ForkResult {
        moments = List.copyOf(moments);
        family = List.copyOf(family);
    }

    /// A guest of the family at the end.
    ///
    /// @param name of its virtual machine
    /// @param from the name of the one that it was forked from; left out for the first
    /// @param accesses that it has made since it was forked; the first, from its beginning
    /// @param own pages that nobody else has; 0 if it could not go on
    /// @param shared pages that others have, too
    /// @param untouched pages inherited and not touched yet; left out where that cannot be told,
    ///   and they count as shared
    public record Relative(
            String name,
            @Nullable String from,
            long accesses,
            long own,
            long shared,
            @Nullable Long untouched) {}

    /// What became of children and parent.
    ///
    /// @param count children made
    /// @param verified guests, the parent included, that ended with the checksum of plain execution
    /// @param wrong guests that ended with another
    /// @param failed guests that could not go on
    /// @param failure why the first of these could not; left out if there is none
    /// @param single how many different generations the guests that went on have, the parent
    ///   included, or random numbers their kernels draw, if those are fewer
    /// @param accesses made by all children
    /// @param nanoseconds that all children took together; on a measured host, that the run took
    /// @param overlap of the pages that two children touch (on a measured host, write), as the
    ///   Jaccard index, on average over children next to each other; 1 for one child
    public record Children(
            int count,
            int verified,
            int wrong,
            int failed,
            @Nullable String failure,
            int single,
            long accesses,
            long nanoseconds,
            double overlap) {}

    /// Pages of all children at one time.
    ///
    /// @param accesses that all children had made
    /// @param own pages that nobody else has
    /// @param shared pages that others have, too
    /// @param untouched pages inherited and not touched yet; left out where that cannot be told,
    ///   and they count as shared
    public record Moment(long accesses, long own, long shared, @Nullable Long untouched) {}

    /// The last moment.
    public Moment end() {
        return moments.getLast();
    }

    /// Whether everything ended as it has to.
    public boolean isFlawless() {
        return children.wrong() == 0 && children.failed() == 0;
    }
}
