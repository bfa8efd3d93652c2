package org.nestwalk.lab.statistics;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Bars.Part;
import org.nestwalk.document.Bars.Row;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Measure;

/// Figures of a run beside those that are published, as a picture.
public final class PublishedChart {
    private PublishedChart() {}

    /// A figure.
    ///
    /// @param what it is of
    /// @param here ours
    /// @param least that is published; the value, if it is one
    /// @param most that is published
    public record Figure(String what, double here, double least, double most) {
        private boolean isRange() {
            return least != most;
        }
    }

    /// Figures in order, each with a bar for ours, one for what is published, and a third one where
    /// that is a range.
    public static Bars of(String name, Measure values, List<Figure> figures) {
        boolean ranges = figures.stream().anyMatch(Figure::isRange);
        List<Part> parts = new ArrayList<>();
        parts.add(Part.of("here"));
        parts.add(Part.of("published").meaning(ranges ? "or the least of it" : ""));
        if (ranges) {
            parts.add(Part.of("at most").meaning("the most of it, where a range is published"));
        }
        List<Row> rows = new ArrayList<>();
        for (Figure figure : figures) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.number("%.2f", figure.here()));
            cells.add(Cell.number("%.2f", figure.least()));
            if (ranges) {
                cells.add(figure.isRange() ? Cell.number("%.2f", figure.most()) : Cell.blank());
            }
            rows.add(new Row(figure.what(), cells));
        }
        return new Bars(name, values, Measure.of("figure"), parts, rows, Bars.Form.GROUPED);
    }
}
