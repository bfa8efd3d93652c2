package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// What there is to see while guests are moved: the moves of one guest over one link that are over,
/// and the one that is under way, round by round.
final class LiveMoves {
    /// In place of a failure, as the move has not ended.
    static final String UNDER_WAY = "under way";

    private static final int SHOWN = 32;

    private final List<Move> over = new ArrayList<>();

    /// A move is over.
    ///
    /// @return it
    Move over(Move move) {
        if (!over.isEmpty() && !isBeside(over.getFirst(), move.guest(), move.bandwidth())) {
            over.clear();
        }
        over.add(move);
        return move;
    }

    private static boolean isBeside(Move move, String guest, double bandwidth) {
        return move.guest().equals(guest) && move.bandwidth() == bandwidth;
    }

    /// Makes the charts of a move from how far it is, and of those beside it that are over.
    Function<MigrationProgress, Document> of(String guest, double bandwidth, String policy) {
        return progress -> {
            List<Move> moves =
                    new ArrayList<>(
                            over.stream().filter(one -> isBeside(one, guest, bandwidth)).toList());
            moves.add(underWay(guest, bandwidth, policy, progress));
            return new Document()
                    .paragraph(
                            Figures.format(
                                    "%s over %s a second, %s: round %d, %s since it began, %s"
                                            + " sent, %s left",
                                    guest,
                                    Figures.bytes(Math.round(bandwidth)),
                                    policy,
                                    progress.rounds().size() + 1,
                                    Figures.time(progress.nanoseconds()),
                                    Figures.bytes(progress.sent()),
                                    Figures.bytes(progress.left())))
                    .append(MigrationCharts.live(moves));
        };
    }

    /// A move so far: the round that is being made counts as if it ended here.
    static Move underWay(
            String guest, double bandwidth, String policy, MigrationProgress progress) {
        List<MigrationRound> rounds = new ArrayList<>(progress.rounds());
        long start =
                rounds.isEmpty() ? 0 : rounds.getLast().start() + rounds.getLast().nanoseconds();
        long before = rounds.stream().mapToLong(MigrationRound::bytes).sum();
        if (progress.nanoseconds() > start) {
            rounds.add(
                    new MigrationRound(
                            start,
                            progress.nanoseconds() - start,
                            0,
                            progress.sent() - before,
                            0,
                            progress.left(),
                            0));
        }
        return new Move(
                guest,
                bandwidth,
                policy,
                UNDER_WAY,
                progress.nanoseconds(),
                rounds.size(),
                progress.sent(),
                0,
                0,
                0,
                0,
                false,
                0,
                0,
                rounds.subList(0, Math.min(SHOWN, rounds.size())));
    }
}
