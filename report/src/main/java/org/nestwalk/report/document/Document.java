package org.nestwalk.report.document;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/// Blocks in order; what shows them puts the same space between all.
public final class Document {
    private final List<Block> blocks = new ArrayList<>();

    /// Adds sentences; nothing if `text` is blank.
    public Document paragraph(String text) {
        if (!text.isBlank()) {
            blocks.add(new Block.Paragraph(text));
        }
        return this;
    }

    /// Adds sentences each of which begins a line; nothing if there are none.
    public Document lines(List<String> texts) {
        if (!texts.isEmpty()) {
            blocks.add(new Block.Lines(texts));
        }
        return this;
    }

    /// Adds sentences each of which begins a line.
    public Document lines(String... texts) {
        return lines(List.of(texts));
    }

    /// Adds the items of a list.
    public Document items(String... texts) {
        blocks.add(new Block.Items(List.of(texts)));
        return this;
    }

    /// Adds a table; nothing if it has no rows.
    public Document table(Table table) {
        if (!table.rows().isEmpty()) {
            blocks.add(new Block.Tabular(table));
        }
        return this;
    }

    /// Adds a drawing.
    ///
    /// @param draw its lines for a number of columns, each ended by a newline
    public Document drawing(IntFunction<String> draw) {
        blocks.add(new Block.Drawing(draw));
        return this;
    }

    /// Adds all of another one's blocks.
    public Document append(Document other) {
        blocks.addAll(other.blocks);
        return this;
    }

    /// The blocks.
    public List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }
}
