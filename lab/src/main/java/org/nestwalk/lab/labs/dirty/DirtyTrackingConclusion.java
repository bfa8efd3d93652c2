package org.nestwalk.lab.labs.dirty;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Case;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Row;
import org.nestwalk.machine.DirtySource;

/// What a run shows, and what it does not.
final class DirtyTrackingConclusion {
    // Published orders of magnitude: 2,000 to 6,000 cycles of an exit and its fault against 20 to
    // 60 of an entry and a 512th of an exit.
    private static final double LEAST_RATIO = 50;
    private static final double MOST_RATIO = 100;

    private final DirtyTrackingResult result;
    private final Conclusion conclusion = new Conclusion();

    private DirtyTrackingConclusion(DirtyTrackingResult result) {
        this.result = result;
    }

    static Conclusion of(DirtyTrackingResult result) {
        DirtyTrackingConclusion made = new DirtyTrackingConclusion(result);
        made.logging();
        made.fullLogs();
        made.rewrites();
        made.amplification();
        made.splitting();
        made.rings();
        made.measured();
        return made.conclusion;
    }

    private List<Case> cases() {
        return result.rows().stream().map(Row::guest).distinct().toList();
    }

    /// The case with the most pages written in which both ways are there.
    private Optional<Case> busiest(DirtySource one, DirtySource other, Splitting splitting) {
        return cases().stream()
                .filter(guest ->
                        result.row(guest, one, splitting)
                                        .filter(row -> row.written() > 0)
                                        .isPresent()
                                && result.row(guest, other, splitting).isPresent())
                .reduce((a, b) -> written(b, one, splitting) > written(a, one, splitting) ? b : a);
    }

    private long written(Case guest, DirtySource source, Splitting splitting) {
        return result.row(guest, source, splitting).map(Row::written).orElse(0L);
    }

    private Row row(Case guest, DirtySource source, Splitting splitting) {
        return result.row(guest, source, splitting).orElseThrow();
    }

    private void logging() {
        busiest(DirtySource.TRAPS, DirtySource.LOG, Splitting.NONE)
                .ifPresent(guest -> {
                    double traps = row(guest, DirtySource.TRAPS, Splitting.NONE).timePerPage();
                    double log = row(guest, DirtySource.LOG, Splitting.NONE).timePerPage();
                    double ratio = traps / log;
                    conclusion
                            .expect(
                                    "log-beats-protection-as-published",
                                    Condition.atLeast(
                                            "write protection's cycles a page by those of the log",
                                            ratio,
                                            LEAST_RATIO),
                                    Condition.atMost(
                                            "that ratio", ratio, "most published", MOST_RATIO))
                            .say(
                                    "Of %4$s, write protection takes %1$.0f cycles for each page"
                                        + " written and the page-modification log %2$.1f: %3$.0f"
                                        + " times less, as published (50 to 100 times).",
                                    "Of %4$s, write protection takes %1$.0f cycles for each page"
                                        + " written and the page-modification log %2$.1f: %3$.1f"
                                        + " times less, not the published 50 to 100.",
                                    traps,
                                    log,
                                    ratio,
                                    DirtyTrackingDocument.name(guest));
                });
    }

    private void fullLogs() {
        List<Row> logged =
                result.rows().stream().filter(row -> row.predictedExits() != null).toList();
        if (logged.isEmpty()) {
            return;
        }
        long predicted = sum(logged, row -> Objects.requireNonNull(row.predictedExits()));
        long entries = sum(logged, row -> Objects.requireNonNull(row.logEntries()));
        long full = sum(logged, Row::logFullExits);
        conclusion
                .expect(
                        "full-logs-as-predicted",
                        Condition.alike(
                                "exits of full logs",
                                (double) full,
                                "floor((n - 1) / 512) of each interval's n entries",
                                (double) predicted,
                                0))
                .say(
                        "%1$,d entr{y|ies} in logs made %2$,d exit{s}, exactly floor((n - 1) / 512)"
                                + " of each interval.",
                        "%1$,d entr{y|ies} in logs made %2$,d exit{s}, where floor((n - 1) / 512)"
                                + " of each interval are %3$,d.",
                        entries,
                        full,
                        predicted);
    }

    private static long sum(List<Row> rows, ToLongFunction<Row> of) {
        return rows.stream().mapToLong(of).sum();
    }

    /// Rings are reset when they are full, so that pages are found again.
    private void rewrites() {
        List<Row> kept =
                result.rows().stream()
                        .filter(row ->
                                !row.source().equals(DirtySource.RING.label())
                                        && !row.source().equals(DirtySource.HOST_RING.label()))
                        .toList();
        if (kept.isEmpty()) {
            return;
        }
        long exits = sum(kept, Row::rewriteExits);
        conclusion
                .expect(
                        "rewrites-are-free",
                        Condition.alike(
                                "exits of intervals that were repeated",
                                (double) exits,
                                "none",
                                0,
                                0))
                .say(
                        "Writing again what is dirty already makes no exit.",
                        "Writing again what is dirty already makes %,d exit{s}.",
                        exits);
    }

    private void amplification() {
        Stream<Row> large =
                result.rows().stream()
                        .filter(row ->
                                !result.isMeasured()
                                        && row.guest().pages().equals("2M")
                                        && row.splitting().equals(Splitting.NONE.label())
                                        && row.written() > 0);
        large.max((a, b) -> Double.compare(amplified(a), amplified(b)))
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "large-pages-amplify",
                                        Condition.above(
                                                "pages reported with large pages unsplit",
                                                (double) row.reported(),
                                                "pages written",
                                                (double) row.written(),
                                                (double) row.written()))
                                .say(
                                        "Unsplit, large pages have up to %.1f times the pages"
                                                + " reported that were written (%s).",
                                        "Unsplit, large pages have no more than %.1f times the"
                                                + " pages reported that were written (%s).",
                                        amplified(row),
                                        DirtyTrackingDocument.name(row.guest())));
    }

    private static double amplified(Row row) {
        return (double) row.reported() / row.written();
    }

    private void splitting() {
        for (DirtySource source : List.of(DirtySource.LOG, DirtySource.TRAPS)) {
            for (Case guest : cases().reversed()) {
                Optional<Row> lazy = result.row(guest, source, Splitting.LAZY);
                Optional<Row> eager = result.row(guest, source, Splitting.EAGER);
                if (!result.isMeasured() && lazy.isPresent() && eager.isPresent()) {
                    splitting(source, guest, lazy.get(), eager.get());
                    return;
                }
            }
        }
    }

    private void splitting(DirtySource source, Case guest, Row lazy, Row eager) {
        conclusion
                .expect(
                        "splitting-eagerly-spares-exits",
                        Condition.above(
                                "exits split lazily",
                                (double) lazy.exits(),
                                "exits split eagerly",
                                (double) eager.exits(),
                                0))
                .say(
                        "Splitting eagerly takes %1$,d cycle{s} when tracking begins and spares the"
                                + " guest %2$,d exit{s} (%3$s, %4$s).",
                        "Splitting eagerly takes %1$,d cycle{s} when tracking begins and spares the"
                                + " guest no exit (%3$s, %4$s).",
                        eager.beginTime() - lazy.beginTime(),
                        lazy.exits() - eager.exits(),
                        source.label(),
                        DirtyTrackingDocument.name(guest));
    }

    private void rings() {
        List<Row> rings =
                result.rows().stream()
                        .filter(row ->
                                row.source().equals(DirtySource.RING.label())
                                        || row.source().equals(DirtySource.HOST_RING.label()))
                        .toList();
        if (!rings.isEmpty() && sum(rings, Row::logFullExits) > 0) {
            conclusion.say(
                    "Rings were full %,d time{s}, each of which has pages found again that are"
                            + " dirty already: %,d such exit{s} in the intervals repeated.",
                    sum(rings, Row::logFullExits), sum(rings, Row::rewriteExits));
        }
    }

    private void measured() {
        busiest(DirtySource.HOST_BITMAP, DirtySource.HOST_RING, Splitting.NONE)
                .ifPresent(guest -> {
                    double bitmap =
                            row(guest, DirtySource.HOST_BITMAP, Splitting.NONE).timePerPage();
                    double ring = row(guest, DirtySource.HOST_RING, Splitting.NONE).timePerPage();
                    conclusion
                            .expect(
                                    "bitmap-and-ring-cost-alike",
                                    Condition.alike(
                                            "ns of collection a page, bitmap",
                                            bitmap,
                                            "ns of collection a page, ring",
                                            ring,
                                            Math.min(bitmap, ring)))
                            .say(
                                    "Collecting a page takes %2$s ns by KVM's bitmap and %3$s ns"
                                            + " by its rings, less than twice as long (%1$s).",
                                    "Collecting a page takes %2$s ns by KVM's bitmap and %3$s ns"
                                            + " by its rings (%1$s).",
                                    DirtyTrackingDocument.name(guest),
                                    Figures.format("%.0f", bitmap),
                                    Figures.format("%.0f", ring));
                });
    }
}
