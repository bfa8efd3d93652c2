package org.nestwalk.serve;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.web.html.ReportPage;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The pages that are no report of a run.
final class Pages {
    private static final int MOST_FIGURES = 2_000;

    private Pages() {}

    /// The page on which all is started; its script makes the rest.
    ///
    /// @param token that it brings with what it asks for
    static String start(String token, String version) {
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="nestwalk-token" content="%s">
        <title>Nestwalk</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/report.css">
        <link rel="stylesheet" href="/serve.css">
        <script src="/serve.js" defer></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the form</a>
        <header>
        <h1>Nestwalk</h1>
        <p>A laboratory for virtualised memory. What runs here is what the command line runs.</p>
        <nav aria-label="Pages"><a href="#experiments">Experiments</a> <a href="#runs">Runs</a>
        <a href="#results">Results</a> <a href="/explorer">A walk</a></nav>
        </header>
        <div class="columns">
        <nav id="experiments" aria-label="Experiments"></nav>
        <main id="main" tabindex="-1">
        <noscript><p>This page needs its script, which comes from this server only; reports do without.</p></noscript>
        <section id="form" aria-label="What to run"></section>
        <section id="runs" aria-label="Runs"><h2>Runs</h2><div id="run-list"></div></section>
        <section id="results" aria-label="Results"></section>
        </main>
        </div>
        <div id="told" class="heard" role="status"></div>
        <footer><p>Nestwalk %s.</p></footer>
        </body>
        </html>
        """
                .formatted(token, version);
    }

    /// A result that was saved as JSON: its claims and all its figures. Its tables and charts are
    /// in reports only.
    static String saved(String name, String json, String version) {
        JsonNode result;
        try {
            result = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw new Refusal(422, name + " is damaged: it is not JSON");
        }
        Document document = new Document();
        document.lines(name + ", a result of " + result.path("format").asString("another program"));
        String[] claims =
                result.path("claims")
                        .valueStream()
                        .map(claim -> claim.path("sentence").asString(""))
                        .filter(sentence -> !sentence.isEmpty())
                        .toArray(String[]::new);
        if (claims.length > 0) {
            document.items(claims);
        }
        Table figures = new Table(List.of(Column.text("figure"), Column.text("value")));
        List<List<String>> rows = new ArrayList<>();
        collect("", result, rows);
        rows.stream().limit(MOST_FIGURES).forEach(figures::row);
        document.table(figures);
        if (rows.size() > MOST_FIGURES) {
            document.paragraph(
                    "These are the first %,d of %,d values; all are in the file."
                            .formatted(MOST_FIGURES, rows.size()));
        }
        return new ReportPage(name, "A saved result.", document, json, version).text();
    }

    private static void collect(String path, JsonNode value, List<List<String>> rows) {
        if (value.isObject()) {
            value.properties().stream()
                    .filter(field -> !(path.isEmpty() && field.getKey().equals("manifest")))
                    .forEach(field ->
                            collect((path + " " + field.getKey()).strip(), field.getValue(), rows));
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                collect(path + " " + (i + 1), value.get(i), rows);
            }
        } else {
            rows.add(List.of(path, value.asString()));
        }
    }
}
