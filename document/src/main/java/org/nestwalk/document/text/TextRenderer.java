package org.nestwalk.document.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Block;
import org.nestwalk.document.Claim;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Document;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;

/// Shows documents as plain text: blocks are a blank line apart, tables with headings are indented,
/// and no line is longer than the width; words that are go over several lines.
public final class TextRenderer {
    /// The narrowest width that is laid out for.
    public static final int LEAST_WIDTH = 60;

    /// The width where nothing else is known.
    public static final int USUAL_WIDTH = 80;

    // Longer lines of prose are hard to read, however wide the terminal.
    private static final int PROSE = 100;
    private static final String INDENT = "  ";
    private static final String CONCLUSION = "What to conclude: ";

    private final int width;

    /// For lines of up to `width` characters, and of [#LEAST_WIDTH] at least.
    public TextRenderer(int width) {
        this.width = Math.max(LEAST_WIDTH, width);
    }

    /// The text, its last line ended by a newline; empty for an empty document.
    public String text(Document document) {
        List<String> texts = new ArrayList<>();
        List<Block> blocks = document.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            texts.add(text(blocks.get(i)));
            String legend = legend(blocks.get(i));
            // Once below charts that have the same.
            if (i + 1 == blocks.size() || !legend(blocks.get(i + 1)).equals(legend)) {
                texts.add(prose(List.of(legend), "", ""));
            }
        }
        texts.removeIf(String::isBlank);
        return String.join("\n", texts);
    }

    private String text(Block block) {
        return switch (block) {
            case Block.Paragraph paragraph -> prose(List.of(paragraph.text()), "", "");
            case Block.Lines lines -> prose(lines.texts(), "", INDENT);
            case Block.Items items -> prose(items.texts(), "- ", INDENT);
            case Block.Heading heading -> prose(List.of(heading.text()), "", "");
            case Block.Claims claims -> prose(List.of(conclusion(claims)), "", "");
            case Block.Sources sources -> prose(sources.texts(), "", INDENT);
            case Block.Tabular tabular -> table(tabular.table());
            case Block.Picture _ -> "";
            case Bars bars -> title(bars.name()) + table(bars.table());
            case Series series ->
                    title(series.name())
                            + (series.form() == Series.Form.CURVES
                                    ? Curves.of(series, width)
                                    : Shades.of(series, width));
            case Distribution distribution ->
                    title(distribution.name()) + Spreads.of(distribution, width);
            case Grid grid ->
                    title(grid.name())
                            + switch (grid.form()) {
                                case STEPS -> Steps.of(grid, width);
                                case SHADES -> Shades.of(grid, width);
                                case WORDS -> table(grid.table());
                            };
        };
    }

    private String title(String name) {
        return name.isEmpty() ? "" : prose(List.of(name), "", INDENT);
    }

    /// What the marks of a chart and the names in it mean; empty for other blocks.
    private static String legend(Block block) {
        return switch (block) {
            case Series series ->
                    sentences(
                            series.form() == Series.Form.CURVES ? Curves.legend(series) : "",
                            Stream.concat(
                                    Stream.of(series.x(), series.y()).map(TextRenderer::meaning),
                                    series.lines().stream()
                                            .map(line -> meaning(line.name(), line.meaning()))));
            case Distribution distribution ->
                    sentences(
                            Spreads.legend(distribution),
                            Stream.concat(
                                    Stream.of(distribution.values(), distribution.counts())
                                            .map(TextRenderer::meaning),
                                    distribution.parts().stream()
                                            .map(part -> meaning(part.name(), part.meaning()))));
            case Grid grid ->
                    sentences(
                            "",
                            Stream.of(grid.cells(), grid.down(), grid.across())
                                    .map(TextRenderer::meaning));
            default -> "";
        };
    }

    private static String meaning(Measure measure) {
        return meaning(measure.name(), measure.meaning());
    }

    private static String meaning(String name, String meaning) {
        return meaning.isEmpty() ? "" : name + ": " + meaning;
    }

    private static String sentences(String first, Stream<String> others) {
        return Stream.concat(Stream.of(first), others)
                .filter(text -> !text.isEmpty())
                .map(text -> text + ".")
                .collect(Collectors.joining(" "));
    }

    /// The table and, a blank line below, what its columns mean; once, if several have the same
    /// name and meaning.
    private String table(Table table) {
        String lines = TableText.of(table, table.isHeaded() ? INDENT : "", width);
        String meanings =
                table.columns().stream()
                        .filter(column -> !column.meaning().isEmpty())
                        .map(column -> column.name() + ": " + column.meaning() + ".")
                        .distinct()
                        .collect(Collectors.joining(" "));
        return meanings.isEmpty() ? lines : lines + "\n" + prose(List.of(meanings), "", "");
    }

    private static String conclusion(Block.Claims claims) {
        return claims.claims().stream()
                .map(Claim::sentence)
                .collect(Collectors.joining(" ", CONCLUSION, ""));
    }

    private String prose(List<String> texts, String first, String next) {
        StringBuilder text = new StringBuilder();
        int room = Math.min(width, PROSE) - Math.max(first.length(), next.length());
        for (String paragraph : texts) {
            String start = first;
            for (String line : Wrapping.lines(paragraph, room)) {
                text.append((start + line).stripTrailing()).append('\n');
                start = next;
            }
        }
        return text.toString();
    }
}
