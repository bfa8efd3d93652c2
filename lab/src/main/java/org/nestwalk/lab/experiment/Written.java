package org.nestwalk.lab.experiment;

import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.parameter.Arguments;

/// A result in all forms that are written of it.
///
/// @param format what its JSON is
/// @param content the fields of that, a record or a map
/// @param document what people read
/// @param figures the tables and charts of its CSV
public record Written(JsonFormat format, Object content, Document document, Document figures) {
    /// What people read first of a result that is not complete.
    public static final String INTERRUPTED = "interrupted: this is what there was so far";

    /// A result of the lab.
    ///
    /// @param complete false if it was interrupted, which its document then says first
    /// @param version Nestwalk's
    static <R> Written lab(
            Experiment<R> experiment, Arguments given, R result, boolean complete, String version) {
        Document document = experiment.document(result);
        return new Written(
                JsonFormat.LAB,
                ExperimentReport.of(experiment, given, result, complete, version),
                shown(document, complete),
                document);
    }

    /// What people read of `document`.
    ///
    /// @param complete false if the work was ended early
    public static Document shown(Document document, boolean complete) {
        return complete ? document : new Document().lines(INTERRUPTED).append(document);
    }

    /// As JSON.
    public String json() {
        return Json.text(format, content);
    }

    /// As CSV.
    public String csv() {
        return CsvRenderer.text(figures);
    }
}
