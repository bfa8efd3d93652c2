package org.nestwalk.serve;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// An experiment that takes as long as it is asked to.
final class Ticks implements Experiment<Ticks.Result> {
    /// @param ticks that were made
    record Result(long ticks) {}

    @Override
    public Spec spec() {
        return new Spec(
                "ticks",
                "How many ticks are there?",
                "a clock",
                null,
                List.of(
                        Parameter.count("ticks", "how many milliseconds to wait", 1, 0, 1_000_000),
                        Parameter.choice("way", "how to count", "up", "down"),
                        Parameter.count("from", "where to begin", 1, 1, 10)
                                .onlyWith("way", "down")));
    }

    @Override
    public Result run(Laboratory laboratory, Arguments given) {
        long ticks = given.count("ticks");
        for (long done = 0; done < ticks; done++) {
            ProgressEvent event =
                    new ProgressEvent("ticked", done, OptionalLong.of(ticks), "ticks", Map.of());
            if (laboratory.progress().wantsCharts()) {
                laboratory.progress().see(new Document().bars(chart(done)));
            }
            if (!laboratory.progress().update(event)) {
                if (done == 0) {
                    throw new EndedEarly();
                }
                return new Result(done);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return new Result(ticks);
    }

    private static Bars chart(long done) {
        return new Bars(
                "ticks <so far>",
                Measure.of("ticks"),
                Measure.of("clock"),
                List.of(Bars.Part.of("made")),
                List.of(new Bars.Row("this one", List.of(Cell.number("%d", done)))),
                Bars.Form.STACKED);
    }

    @Override
    public Document document(Result result) {
        Table table = new Table(List.of(Column.number("ticks")));
        table.row(Long.toString(result.ticks()));
        return new Document().paragraph("Ticks, counted").table(table);
    }
}
