package org.nestwalk.lab.labs.validate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.validate.ValidateResult.Ratio;
import org.nestwalk.lab.labs.validate.ValidateResult.Time;

/// What there is to say of [ValidateResult].
final class ValidateDocument {
    private static final String DEVIATION = "%+.0f %%";

    private ValidateDocument() {}

    static Document of(ValidateResult result) {
        return new Document()
                .lines(heading(result))
                .paragraph("Nanoseconds of an access, measured and predicted:")
                .table(times(result))
                .paragraph("Ratios of these times:")
                .table(ratios(result))
                .paragraph("Within 20 %, by program:")
                .table(programs(result))
                .conclusion(ValidateConclusion.of(result));
    }

    private static List<String> heading(ValidateResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(
                Figures.format(
                        "Programs on %s, Linux %s%s; predicted by machine %s%s",
                        result.processor().isEmpty() ? "an unnamed processor" : result.processor(),
                        result.kernel(),
                        result.kvm() == null
                                ? ", natively"
                                : ", in a guest of KVM, " + result.kvm(),
                        result.machine(),
                        result.calibrated() ? ", calibrated in the same rounds" : ""));
        lines.add(
                Figures.format(
                        result.rounds() == 1
                                ? "%,d round{s} of %,d access{es} of each case, which tells no"
                                        + " interval: more of them do"
                                : "%,d round{s} of %,d access{es} of each case; a time is the"
                                        + " median of the rounds, between the least and the most"
                                        + " of them",
                        result.rounds(),
                        result.accesses()));
        if (!result.ofThisProcessor()) {
            lines.add(
                    "The machine does not say that calibrate has written it on this processor: what"
                            + " it predicts is of another host");
        }
        if (result.splintered()) {
            lines.add(
                    "A hypervisor below backs this host's memory by small pages, so that large"
                        + " pages take as many TLB entries, and walks have that dimension, too");
        }
        return lines;
    }

    private static Table times(ValidateResult result) {
        Table table =
                new Table(
                        Column.label("program"),
                        Column.text("on"),
                        Column.text("data"),
                        Column.text("pages"),
                        Column.number("measured").in("ns"),
                        Column.number("least").in("ns"),
                        Column.number("most").in("ns"),
                        Column.number("predicted").in("ns"));
        for (Time time : result.times()) {
            table.row(
                    Cell.text(time.program()),
                    Cell.text(time.place()),
                    Cell.bytes(time.bytes()),
                    Cell.text(time.pages()),
                    Cell.number("%.2f", time.nanoseconds()),
                    Cell.number("%.2f", time.least()),
                    Cell.number("%.2f", time.most()),
                    Cell.number("%.2f", time.predicted()));
        }
        return table;
    }

    private static Table ratios(ValidateResult result) {
        Table table =
                new Table(
                        Column.label("program"),
                        Column.text("ratio"),
                        Column.number("meas.").meaning("measured"),
                        Column.number("least"),
                        Column.number("most"),
                        Column.number("pred.").meaning("predicted"),
                        Column.number("off")
                                .meaning("what is predicted off what is measured; !: beyond 20 %"));
        for (Ratio ratio : result.ratios()) {
            table.row(
                    Cell.text(ratio.program()),
                    Cell.text(ratio.what()),
                    Cell.number("%.2f", ratio.measured()),
                    Cell.number("%.2f", ratio.least()),
                    Cell.number("%.2f", ratio.most()),
                    Cell.number("%.2f", ratio.predicted()),
                    new Cell(
                            Figures.format(DEVIATION, 100 * ratio.deviation())
                                    + (ratio.isWithin() ? "" : "!"),
                            ratio.deviation()));
        }
        return table;
    }

    /// The ratios by program, in the order in which they ran.
    static Map<String, List<Ratio>> byProgram(ValidateResult result) {
        Map<String, List<Ratio>> programs = new LinkedHashMap<>();
        for (Ratio ratio : result.ratios()) {
            programs.computeIfAbsent(ratio.program(), _ -> new ArrayList<>()).add(ratio);
        }
        return programs;
    }

    private static Table programs(ValidateResult result) {
        Table table =
                new Table(
                        Column.label("program"),
                        Column.number("ratios"),
                        Column.number("within"),
                        Column.number("part").moreIsBetter(),
                        Column.text("verdict")
                                .meaning(
                                        "whether four fifths of its ratios are within 20 %; none on"
                                                + " a busy host"));
        byProgram(result)
                .forEach((program, ratios) -> {
                    double within = ValidateResult.within(ratios);
                    table.row(
                            Cell.text(program),
                            Cell.number("%,d", ratios.size()),
                            Cell.number("%,d", ratios.stream().filter(Ratio::isWithin).count()),
                            Cell.percent(within),
                            Cell.text(verdict(result, within)));
                });
        return table;
    }

    private static String verdict(ValidateResult result, double within) {
        if (!result.isQuiet()) {
            return "none";
        }
        return within >= ValidateConclusion.ENOUGH ? "predicted" : "missed";
    }
}
