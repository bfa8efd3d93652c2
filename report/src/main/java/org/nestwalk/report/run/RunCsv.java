package org.nestwalk.report.run;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.csv.CsvRenderer;

/// A comparison as comma-separated values (RFC 4180): one line for each setup over the whole run
/// and, after it, for each setup in each interval. Columns are the plain fields of [SetupReport].
public final class RunCsv {
    private static final List<RecordComponent> COLUMNS = columns();

    private RunCsv() {}

    /// The header line.
    public static String header() {
        List<String> names = new ArrayList<>(List.of("workload", "machine", "interval"));
        COLUMNS.forEach(column -> names.add(column.getName()));
        return CsvRenderer.line(names);
    }

    /// The lines of `report`; `interval` is `all` for the whole run.
    public static String rows(RunReport report) {
        StringBuilder text = new StringBuilder();
        append(text, report, "all", report.setups());
        for (RunReport.Interval interval : report.intervals()) {
            append(text, report, Integer.toString(interval.index()), interval.setups());
        }
        return text.toString();
    }

    private static void append(
            StringBuilder text, RunReport report, String interval, List<SetupReport> setups) {
        for (SetupReport setup : setups) {
            List<String> fields =
                    new ArrayList<>(
                            List.of(report.workload(), report.manifest().machine(), interval));
            for (RecordComponent column : COLUMNS) {
                fields.add(String.valueOf(value(setup, column)));
            }
            text.append(CsvRenderer.line(fields));
        }
    }

    private static List<RecordComponent> columns() {
        List<RecordComponent> columns = new ArrayList<>();
        for (RecordComponent component : SetupReport.class.getRecordComponents()) {
            if (component.getType() != Map.class) {
                columns.add(component);
            }
        }
        return columns;
    }

    private static Object value(SetupReport setup, RecordComponent column) {
        try {
            return column.getAccessor().invoke(setup);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
