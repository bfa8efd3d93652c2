package org.nestwalk.report.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.lab.sweep.Study;

/// A figure of a study, as JSON.
///
/// @param study what was asked
/// @param cells how many it has
/// @param finished how many of them are finished
/// @param figures names of all figures; left out where one is shown
/// @param figure what is shown; left out if nothing is
/// @param rows its means, one for each combination of values
public record PivotReport(
        Study study,
        int cells,
        int finished,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> figures,
        @Nullable String figure,
        List<Row> rows) {
    /// Copies the lists.
    public PivotReport {
        figures = List.copyOf(figures);
        rows = List.copyOf(rows);
    }

    /// A mean.
    ///
    /// @param values of the axes that are not averaged
    /// @param mean of the figure
    /// @param halfWidth half of its 95 % confidence interval; left out if it is of one value
    /// @param count of values
    public record Row(
            Map<String, String> values, double mean, @Nullable Double halfWidth, int count) {}

    /// Which figures there are.
    public static PivotReport overview(Study study, StudyResults results) {
        return new PivotReport(
                study, results.cells(), results.finished(), results.names(), null, List.of());
    }

    /// What a pivot shows.
    public static PivotReport of(Study study, StudyResults results, StudyPivot pivot) {
        List<Row> rows = new ArrayList<>();
        for (StudyPivot.Row row : pivot.rows()) {
            row.cells()
                    .forEach((column, estimate) -> {
                        Map<String, String> values = new LinkedHashMap<>();
                        for (int i = 0; i < pivot.down().size(); i++) {
                            values.put(pivot.down().get(i).name(), row.labels().get(i));
                        }
                        pivot.across().map(Axis::name).ifPresent(axis -> values.put(axis, column));
                        rows.add(
                                new Row(
                                        values,
                                        estimate.mean(),
                                        Double.isNaN(estimate.halfWidth())
                                                ? null
                                                : estimate.halfWidth(),
                                        estimate.count()));
                    });
        }
        return new PivotReport(
                study, results.cells(), results.finished(), List.of(), pivot.figure(), rows);
    }
}
