package org.nestwalk.lab.labs.dmaattack;

import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Mode;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Order;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Other;

/// What there is to say of [DmaAttackResult].
final class DmaAttackDocument {
    private DmaAttackDocument() {}

    static Document of(DmaAttackResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "What a hostile device gets, on %s, of %,d secret{s} of"
                                                + " each kind",
                                        result.machine(), result.secrets()))
                        .table(modes(result.modes()));
        if (!result.others().isEmpty()) {
            document.heading("What others get").table(others(result.others()));
        }
        if (!result.orders().isEmpty()) {
            document.heading("Orders of unmapping, under the eyes of the checker")
                    .table(orders(result.orders()));
            result.orders().stream()
                    .filter(Order::found)
                    .findFirst()
                    .ifPresent(order ->
                            document.paragraph(
                                    "What the checker says of the first, %s: %s."
                                            .formatted(order.order(), order.history())));
        }
        return document.conclusion(DmaAttackConclusion.of(result));
    }

    private static Table modes(List<Mode> rows) {
        Table table =
                new Table(
                        Column.label("protection"),
                        Column.number("never given")
                                .of("read")
                                .meaning("of memory that the device was never given")
                                .lessIsBetter(),
                        Column.number("at once")
                                .of("read")
                                .meaning("of buffers that were taken back just before")
                                .lessIsBetter(),
                        Column.number("20 ms later")
                                .of("read")
                                .meaning("of the same buffers")
                                .lessIsBetter(),
                        Column.number("beside")
                                .of("read")
                                .meaning(
                                        "of what is in the buffer's page beside it, while the"
                                                + " device has the buffer")
                                .lessIsBetter(),
                        Column.number("corrupted")
                                .meaning("buffers taken back that the device still wrote to")
                                .lessIsBetter());
        for (Mode row : rows) {
            table.row(
                    Cell.text(row.mode()),
                    Cell.number("%,d", row.never()),
                    Cell.number("%,d", row.atOnce()),
                    Cell.number("%,d", row.later()),
                    Cell.number("%,d", row.beside()),
                    Cell.number("%,d", row.corrupted()));
        }
        return table;
    }

    private static Table others(List<Other> rows) {
        Table table =
                new Table(
                        Column.label("attacker"),
                        Column.number("tried"),
                        Column.number("got").lessIsBetter());
        for (Other row : rows) {
            table.row(
                    Cell.text(row.attacker()),
                    Cell.number("%,d", row.tried()),
                    Cell.number("%,d", row.got()));
        }
        return table;
    }

    private static Table orders(List<Order> rows) {
        Table table =
                new Table(
                        Column.label("order"),
                        Column.number("unmaps"),
                        Column.text("stale access")
                                .meaning("whether the device used what it had no more"));
        for (Order row : rows) {
            table.row(
                    Cell.text(row.order()),
                    Cell.number("%,d", row.unmaps()),
                    row.found() ? Cell.text("found") : Cell.no("none"));
        }
        return table;
    }
}
