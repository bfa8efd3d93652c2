package org.nestwalk.document.text;

import java.util.List;
import java.util.stream.Collectors;
import org.nestwalk.document.Block;
import org.nestwalk.document.Claim;
import org.nestwalk.document.Document;
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
        return document.blocks().stream()
                .map(this::text)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    private String text(Block block) {
        return switch (block) {
            case Block.Paragraph paragraph -> prose(List.of(paragraph.text()), "", "");
            case Block.Lines lines -> prose(lines.texts(), "", INDENT);
            case Block.Items items -> prose(items.texts(), "- ", INDENT);
            case Block.Drawing drawing -> drawing.draw().apply(width);
            case Block.Heading heading -> prose(List.of(heading.text()), "", "");
            case Block.Claims claims -> prose(List.of(conclusion(claims)), "", "");
            case Block.Sources sources -> prose(sources.texts(), "", INDENT);
            case Block.Tabular tabular -> table(tabular.table());
        };
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
