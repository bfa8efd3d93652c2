package org.nestwalk.lab.labs.run;

import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.share;

import java.math.BigDecimal;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.compare.sample.ShareEstimate;

/// What a sampled run says of itself.
final class SampleText {
    private static final String SHARE = "%.2f %%";

    private SampleText() {}

    /// The intervals, and what they stand on.
    static Document of(SampleReport sample, long accesses, boolean complete) {
        if (sample.isExact()) {
            return new Document()
                    .paragraph(
                            "Too short to be sampled: everything was simulated, and the figures are"
                                    + " those of a run without sampling on the same machine, with"
                                    + " timing blocking.");
        }
        Table table =
                new Table(
                        Column.label("setup"),
                        Column.number("estimate").of("share of translation"),
                        Column.number("from").of("share of translation"),
                        Column.number("to").of("share of translation"),
                        Column.number("+-")
                                .meaning("half of the interval's width, as a part of the share"));
        for (SampleReport.Share one : sample.setups()) {
            table.row(
                    Cell.text(one.name()),
                    Cell.number(SHARE, 100 * one.share()),
                    Cell.number(SHARE, 100 * one.low()),
                    Cell.number(SHARE, 100 * one.high()),
                    Cell.number(SHARE, 100 * one.relative()));
        }
        return new Document()
                .table(table)
                .paragraph(how(sample, accesses))
                .paragraph(complete ? end(sample) : "");
    }

    private static String how(SampleReport sample, long accesses) {
        return format(
                "Sampled: %,d unit{s} at random places and the beginning were measured, %s of all"
                    + " accesses; %s were simulated in detail, with those that filled caches and"
                    + " TLBs before. All figures but exits, updates of flags and bytes of tables"
                    + " are estimates. With %s confidence each interval holds what a run without"
                    + " sampling gives on the same machine, with timing blocking.",
                sample.units(),
                share(sample.measured(), accesses),
                share(sample.detailed(), accesses),
                plain(sample.confidence()));
    }

    private static String end(SampleReport sample) {
        String asked =
                format(
                        "%s of the share, or %s of all cycles",
                        plain(sample.precision()), plain(ShareEstimate.LEAST));
        return sample.reached()
                ? format(
                        "Every interval is as narrow as asked for, %s to each side, after %,d"
                                + " pass{es}.",
                        asked, sample.passes())
                : format(
                        "The workload ended before every interval was as narrow as asked for, %s to"
                                + " each side; %,d pass{es} %s made. A longer workload has room for"
                                + " more samples; a run without sampling is exact.",
                        asked, sample.passes(), sample.passes() == 1 ? "was" : "were");
    }

    /// As many digits as were asked for.
    private static String plain(double part) {
        return BigDecimal.valueOf(part).movePointRight(2).stripTrailingZeros().toPlainString()
                + " %";
    }
}
