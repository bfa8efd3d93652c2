package org.nestwalk.lab.labs.migration;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// Which of several moves of one guest over one link is to be had.
final class Advice {
    private Advice() {}

    /// The move that keeps all wishes by the widest margin, the quicker one of two that are alike;
    /// but one in which the guest would have been lost with the link only where there is no other.
    static Optional<Move> best(List<Move> moves, List<Wish> wishes) {
        return moves.stream()
                .filter(move ->
                        move.succeeded() && wishes.stream().allMatch(one -> one.isKept(move)))
                .min(
                        Comparator.comparing(Move::postCopy)
                                .thenComparingDouble(move -> worst(move, wishes).share(move))
                                .thenComparingLong(Move::nanoseconds));
    }

    /// The move that misses its wishes by the least factor, if any guest went at all.
    static Optional<Move> nearest(List<Move> moves, List<Wish> wishes) {
        return moves.stream()
                .filter(Move::succeeded)
                .min(
                        Comparator.<Move>comparingDouble(move -> worst(move, wishes).share(move))
                                .thenComparing(Move::postCopy)
                                .thenComparingLong(Move::nanoseconds));
    }

    /// The wish that a move is furthest from, or that it keeps by the least.
    static Wish worst(Move move, List<Wish> wishes) {
        return wishes.stream()
                .max(Comparator.comparingDouble(one -> one.share(move)))
                .orElseThrow();
    }
}
