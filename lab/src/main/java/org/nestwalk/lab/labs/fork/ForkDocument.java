package org.nestwalk.lab.labs.fork;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.fork.ForkResult;
import org.nestwalk.lab.fork.Spread;

/// What there is to say of [ForkComparison].
final class ForkDocument {
    private ForkDocument() {}

    static Document of(ForkComparison result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "%s%s on %s, frozen after %,d access{es}; %,d"
                                                + " {child|children} %s",
                                        result.program(),
                                        result.cpus() == 1
                                                ? ""
                                                : " on each of %d virtual CPUs"
                                                        .formatted(result.cpus()),
                                        result.isMeasured()
                                                ? "this host's KVM"
                                                : String.valueOf(result.machine()),
                                        result.after(),
                                        result.children(),
                                        result.diverge().equals("none")
                                                ? "to go on as it would"
                                                : "to begin it anew, each with a seed of its"
                                                        + " own"))
                        .table(times(result))
                        .table(pages(result))
                        .pictures(ForkCharts.of(result));
        if (result.methods().stream().anyMatch(method -> method.copies() != null)) {
            document.table(copies(result));
        }
        return document.conclusion(ForkConclusion.of(result));
    }

    private static Table times(ForkComparison result) {
        Table table =
                new Table(
                        Column.label("method"),
                        Column.number("freezing")
                                .meaning("until the guest that is frozen can go on")
                                .lessIsBetter(),
                        Column.number("copying all")
                                .meaning("what copying all of its memory takes instead")
                                .lessIsBetter(),
                        Column.number("50 %").of("making a child").lessIsBetter(),
                        Column.number("99 %").of("making a child").lessIsBetter(),
                        Column.number("50 %").of("first access").lessIsBetter(),
                        Column.number("99 %").of("first access").lessIsBetter(),
                        Column.number("running")
                                .meaning(
                                        result.isMeasured()
                                                ? "all guests, from the first access to the end"
                                                : "all children together, on clocks of their own")
                                .lessIsBetter(),
                        Column.number("verified").moreIsBetter(),
                        Column.number("failed").lessIsBetter());
        for (ForkResult method : result.methods()) {
            ForkResult.Children children = method.children();
            table.row(
                    Cell.text(method.method().label()),
                    Cell.time(method.freezing()),
                    time(method.copyingAll()),
                    time(median(method.creating())),
                    time(p99(method.creating())),
                    Cell.time(method.firstAccess().median()),
                    Cell.time(method.firstAccess().p99()),
                    Cell.time(children.nanoseconds()),
                    Cell.number("%,d", children.verified()),
                    Cell.number("%,d", children.failed() + children.wrong()));
        }
        return table;
    }

    private static Table pages(ForkComparison result) {
        Table table =
                new Table(
                        Column.label("method"),
                        Column.number("accesses")
                                .of("pages of all children")
                                .meaning("that they had made"),
                        Column.number("own").of("pages of all children").lessIsBetter(),
                        Column.number("shared").of("pages of all children"),
                        Column.number("untouched").of("pages of all children"),
                        Column.number("host memory")
                                .meaning("that children take together, tables included")
                                .lessIsBetter());
        for (ForkResult method : result.methods()) {
            List<ForkResult.Moment> moments = method.moments();
            for (int i = 0; i < moments.size(); i++) {
                ForkResult.Moment moment = moments.get(i);
                boolean last = i == moments.size() - 1;
                table.row(
                        Cell.text(method.method().label()),
                        Cell.number("%,d", moment.accesses()),
                        Cell.number("%,d", moment.own()),
                        Cell.number("%,d", moment.shared()),
                        Cell.optional("%,d", moment.untouched()),
                        last && method.hostPages() != null
                                ? Cell.bytes(method.hostPages() << 12)
                                : Cell.none());
            }
        }
        return table;
    }

    private static Table copies(ForkComparison result) {
        Table table =
                new Table(
                        Column.label("method"),
                        Column.number("copies").meaning("exits in which a page was copied"),
                        Column.number("50 %").of("exit with a copy").lessIsBetter(),
                        Column.number("90 %").of("exit with a copy").lessIsBetter(),
                        Column.number("99 %").of("exit with a copy").lessIsBetter(),
                        Column.number("most").of("exit with a copy").lessIsBetter(),
                        Column.number("overlap")
                                .meaning(
                                        "of the pages that two children touch, as the Jaccard"
                                                + " index"));
        for (ForkResult method : result.methods()) {
            Spread copies = method.copies();
            table.row(
                    Cell.text(method.method().label()),
                    Cell.optional("%,d", copies == null ? null : (Long) copies.count()),
                    time(median(copies)),
                    time(copies == null ? null : (Long) copies.p90()),
                    time(p99(copies)),
                    time(copies == null ? null : (Long) copies.most()),
                    method.children().count() < 2
                            ? Cell.none()
                            : Cell.number("%.2f", method.children().overlap()));
        }
        return table;
    }

    private static @Nullable Long median(@Nullable Spread spread) {
        return spread == null ? null : (Long) spread.median();
    }

    private static @Nullable Long p99(@Nullable Spread spread) {
        return spread == null ? null : (Long) spread.p99();
    }

    private static Cell time(@Nullable Long nanoseconds) {
        return nanoseconds == null ? Cell.none() : Cell.time(nanoseconds);
    }
}
