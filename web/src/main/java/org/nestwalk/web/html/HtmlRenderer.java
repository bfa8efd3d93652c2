package org.nestwalk.web.html;

import static org.nestwalk.web.html.Markup.element;
import static org.nestwalk.web.html.Markup.escaped;

import java.util.List;
import java.util.stream.Collectors;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Block;
import org.nestwalk.document.Claim;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Document;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;

/// Shows documents as parts of a page of HTML: all that is said and every figure is there without a
/// script, and each chart has a place and its data for one.
public final class HtmlRenderer {
    private final StringBuilder html = new StringBuilder();
    private int charts;
    private int tables;

    private HtmlRenderer() {}

    /// The blocks of `document`: what it is about, what to conclude, and then the rest in order.
    public static String html(Document document) {
        HtmlRenderer renderer = new HtmlRenderer();
        List<Block> blocks = document.blocks();
        List<Block> claims = blocks.stream().filter(Block.Claims.class::isInstance).toList();
        for (int i = 0; i < blocks.size(); i++) {
            if (i == 1) {
                claims.forEach(renderer::add);
            }
            if (i == 0 || !claims.contains(blocks.get(i))) {
                renderer.add(blocks.get(i));
            }
        }
        return renderer.html.toString();
    }

    private void add(Block block) {
        html.append(
                switch (block) {
                    case Block.Paragraph paragraph -> element("p", paragraph.text());
                    case Block.Lines lines -> lines(lines, html.isEmpty());
                    case Block.Items items -> list("items", items.texts());
                    case Block.Heading heading -> element("h2", heading.text());
                    case Block.Claims said -> claims(said.claims());
                    case Block.Sources sources -> list("sources", sources.texts());
                    case Block.Tabular tabular ->
                            TableMarkup.of(tabular.table(), "Table " + ++tables);
                    case Block.Picture picture -> ChartMarkup.of(picture.chart(), ++charts);
                    case Series series -> ChartMarkup.of(series, ++charts);
                    case Distribution distribution -> ChartMarkup.of(distribution, ++charts);
                    case Grid grid -> ChartMarkup.of(grid, ++charts);
                    case Bars bars -> ChartMarkup.of(bars, ++charts);
                });
    }

    /// @param first whether this is what the document is about
    private static String lines(Block.Lines lines, boolean first) {
        return lines.texts().stream()
                .map(text ->
                        first && text.equals(lines.texts().getFirst())
                                ? "<strong>" + escaped(text) + "</strong>"
                                : escaped(text))
                .collect(Collectors.joining("<br>\n", "<p class=\"lines\">", "</p>\n"));
    }

    private static String list(String kind, List<String> texts) {
        return texts.stream()
                .map(text -> element("li", text))
                .collect(Collectors.joining("", "<ul class=\"" + kind + "\">\n", "</ul>\n"));
    }

    private static String claims(List<Claim> claims) {
        StringBuilder text = new StringBuilder();
        text.append(
                "<section class=\"claims\" aria-label=\"What to conclude\">\n<h2>What to"
                        + " conclude</h2>\n<ul>\n");
        for (Claim claim : claims) {
            text.append("<li");
            if (claim.isExpectation()) {
                text.append(claim.held() ? " class=\"held\"" : " class=\"not-held\"");
            }
            text.append('>').append(escaped(claim.sentence()));
            if (claim.isExpectation()) {
                text.append(why(claim));
            }
            text.append("</li>\n");
        }
        return text.append("</ul>\n</section>\n").toString();
    }

    /// By which figures a claim is said.
    private static String why(Claim claim) {
        StringBuilder text = new StringBuilder();
        text.append("<details><summary>")
                .append(claim.held() ? "as expected: " : "not as expected: ")
                .append(escaped(claim.name()))
                .append("</summary>\n<ul>\n");
        claim.conditions().forEach(condition -> text.append(element("li", words(condition))));
        return text.append("</ul></details>").toString();
    }

    private static String words(Condition condition) {
        String margin =
                condition.margin() == 0 ? "" : ", by a margin of " + number(condition.margin());
        return "%s (%s) %s %s (%s)%s: %s"
                .formatted(
                        condition.left().name(),
                        number(condition.left().value()),
                        switch (condition.relation()) {
                            case ABOVE -> "is above";
                            case BELOW -> "is below";
                            case AT_MOST -> "is at most";
                            case ALIKE -> "is like";
                        },
                        condition.right().name(),
                        number(condition.right().value()),
                        margin,
                        condition.held() ? "yes" : "no");
    }

    private static String number(double value) {
        return Measure.of("").text(value);
    }
}
