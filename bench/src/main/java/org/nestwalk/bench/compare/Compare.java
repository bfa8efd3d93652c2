package org.nestwalk.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;

/// `bench/compare`: measures the rows of the table in turns, prints it, and judges it.
///
/// Exit status 0; 1 if asked to check and a target was missed; 2 for bad options.
public final class Compare {
    private Compare() {}

    /// Measures in the project's directory, which is the current one.
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    private static int execute(String... args) {
        List<Row> rows;
        Arguments arguments;
        try {
            arguments = Arguments.parse(args);
            rows = Rows.select(arguments.only());
        } catch (InputException e) {
            System.err.println("bench/compare: " + e.getMessage());
            return 2;
        }
        if (arguments.help()) {
            System.out.print(Arguments.USAGE.formatted(Rows.names()));
            return 0;
        }
        return measure(arguments, rows);
    }

    private static int measure(Arguments arguments, List<Row> rows) {
        Processes processes = new Processes(Path.of("").toAbsolutePath());
        Yardstick yardstick =
                new Yardstick(processes, processes.root().resolve("bench/target/yardstick"));
        Progress progress = new Progress();
        Laboratory laboratory = new Laboratory(processes, yardstick, arguments.rounds(), progress);
        System.out.println(HostDescription.text(processes));
        List<Line> lines = new ArrayList<>();
        for (Row row : rows) {
            lines.addAll(measure(row, laboratory));
        }
        progress.show("");
        System.out.print(ResultTable.text(lines));
        return arguments.check() && lines.stream().anyMatch(Line::failed) ? 1 : 0;
    }

    /// A defect in one row must not cost the results of the others.
    private static List<Line> measure(Row row, Laboratory laboratory) {
        try {
            return row.measure(laboratory);
        } catch (RuntimeException e) {
            System.err.println("bench/compare: " + row.name() + ": " + e.getMessage());
            return List.of(Line.required(row.name(), "", "could not be measured", "", false));
        }
    }
}
