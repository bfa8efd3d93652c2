package org.nestwalk.report.text;

import java.util.List;
import java.util.stream.Collectors;
import org.nestwalk.report.document.Block;
import org.nestwalk.report.document.Document;

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
            case Block.Tabular tabular -> {
                boolean headed =
                        tabular.table().columns().stream()
                                .anyMatch(column -> !column.heading().isEmpty());
                yield TableText.of(tabular.table(), headed ? INDENT : "", width);
            }
        };
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
