package org.nestwalk.lab.labs.run;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;

/// Comparisons as one table of all figures: a row for each setup over the whole run and, after it,
/// for each setup in each interval. Columns are the plain fields of [SetupReport]; of sampled runs
/// two more are the ends of the interval of translation's share.
public final class RunCsv {
    private static final List<RecordComponent> FIELDS =
            Stream.of(SetupReport.class.getRecordComponents())
                    .filter(component -> component.getType() != Map.class)
                    .toList();

    private static final List<String> ENDS = List.of("translationShareLow", "translationShareHigh");

    private RunCsv() {}

    /// The table; `interval` is `all` for the whole run.
    public static Document of(List<RunReport> reports) {
        List<Column> columns = new ArrayList<>();
        for (String name : List.of("workload", "machine", "interval")) {
            columns.add(Column.label(name));
        }
        FIELDS.forEach(field -> columns.add(Column.number(field.getName())));
        if (reports.stream().anyMatch(report -> report.sample() != null)) {
            ENDS.forEach(end -> columns.add(Column.number(end)));
        }
        Table table = new Table(columns);
        for (RunReport report : reports) {
            rows(table, report, "all", report.setups());
            for (RunReport.Interval interval : report.intervals()) {
                rows(table, report, Integer.toString(interval.index()), interval.setups());
            }
        }
        return new Document().table(table);
    }

    private static void rows(
            Table table, RunReport report, String interval, List<SetupReport> setups) {
        for (int i = 0; i < setups.size(); i++) {
            SetupReport setup = setups.get(i);
            List<Cell> cells = new ArrayList<>();
            for (String name : List.of(report.workload(), report.manifest().machine(), interval)) {
                cells.add(Cell.text(name));
            }
            FIELDS.forEach(field -> cells.add(Cell.text(value(setup, field))));
            if (report.sample() != null) {
                SampleReport.Share share = report.sample().setups().get(i);
                cells.add(Cell.text(Double.toString(share.low())));
                cells.add(Cell.text(Double.toString(share.high())));
            }
            table.cells(cells);
        }
    }

    private static String value(SetupReport setup, RecordComponent field) {
        try {
            return String.valueOf(field.getAccessor().invoke(setup));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
