package org.nestwalk.web.html;

import static org.nestwalk.web.html.Markup.escaped;

import java.util.Optional;
import org.nestwalk.document.Block;
import org.nestwalk.document.Document;
import org.nestwalk.web.Asset;

/// A result as one file that a browser opens from disk, without a network: all that there is to say
/// of it, the result itself as JSON, and the script that draws its charts. The page is allowed that
/// script only, and no other host.
///
/// @param title what was run, such as `nestwalk run`
/// @param question what that answers, in a sentence; may be empty
/// @param document what there is to say
/// @param json the result, with its manifest
/// @param version Nestwalk's
public record ReportPage(
        String title, String question, Document document, String json, String version) {
    private static final String RESULT = "id=\"result\"";
    private static final String BEGIN = "<script type=\"application/json\" " + RESULT + ">";
    private static final String END = "</script>";
    private static final int MOST_TITLE = 80;

    /// The page.
    public String text() {
        String script = Asset.REPORT_SCRIPT.text();
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src %s; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
        <meta name="generator" content="Nestwalk %s">
        <title>%s</title>
        <link rel="icon" href="data:,">
        <style>
        """
                        .formatted(Asset.hash(script), escaped(version), escaped(title + subject()))
                + Asset.REPORT_STYLE.text()
                + "</style>\n</head>\n<body>\n<header>\n"
                + Markup.element("h1", title)
                + (question.isEmpty() ? "" : Markup.element("p", question))
                + "</header>\n<main>\n"
                + parts()
                + "</main>\n<footer><p>Made by Nestwalk "
                + escaped(version)
                + ". The result is in this file as JSON, and <code>nestwalk report</code> compares"
                + " it with others.</p></footer>\n"
                + Markup.data(RESULT, json)
                + "<script>"
                + script
                + "</script>\n</body>\n</html>\n";
    }

    private String parts() {
        return HtmlRenderer.html(document) + ManifestMarkup.of(json);
    }

    /// All that there is to say and the result, without a page around it: for pages that show more.
    /// [#json] finds the result there, too.
    public String content() {
        return parts() + Markup.data(RESULT, json);
    }

    /// What the document says first, to tell pages apart.
    private String subject() {
        String first =
                document.blocks().isEmpty()
                        ? ""
                        : switch (document.blocks().getFirst()) {
                            case Block.Paragraph paragraph -> paragraph.text();
                            case Block.Lines lines -> lines.texts().getFirst();
                            default -> "";
                        };
        String line = first.strip().replaceAll("\\s+", " ");
        return line.isEmpty()
                ? ""
                : ": "
                        + (line.length() > MOST_TITLE
                                ? line.substring(0, MOST_TITLE - 1) + "…"
                                : line);
    }

    /// The result that a page has in it, if `text` is a page.
    public static Optional<String> json(String text) {
        int begin = text.indexOf(BEGIN);
        int end = begin < 0 ? -1 : text.indexOf(END, begin);
        return end < 0
                ? Optional.empty()
                : Optional.of(text.substring(begin + BEGIN.length(), end));
    }
}
