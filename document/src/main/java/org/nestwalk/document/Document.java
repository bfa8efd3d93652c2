package org.nestwalk.document;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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

    /// Adds what the part that follows is about.
    public Document heading(String text) {
        blocks.add(new Block.Heading(text));
        return this;
    }

    /// Adds what to conclude; nothing if there is nothing to say.
    ///
    /// @throws IllegalStateException if an effect has the name of another one in this document
    public Document conclusion(Conclusion conclusion) {
        List<Claim> before = claims();
        conclusion.claims().stream()
                .filter(Claim::isExpectation)
                .forEach(claim -> Claim.requireOwnName(before, claim.name()));
        if (!conclusion.claims().isEmpty()) {
            blocks.add(new Block.Claims(conclusion.claims()));
        }
        return this;
    }

    /// Adds where published figures and rules come from.
    public Document sources(String... texts) {
        blocks.add(new Block.Sources(List.of(texts)));
        return this;
    }

    /// Adds lines of figures; nothing if they have no points.
    public Document series(Series series) {
        if (!series.isEmpty()) {
            blocks.add(series);
        }
        return this;
    }

    /// Adds how figures are spread; nothing if there are none.
    public Document distribution(Distribution distribution) {
        if (!distribution.isEmpty()) {
            blocks.add(distribution);
        }
        return this;
    }

    /// Adds a grid; nothing if it has no rows.
    public Document grid(Grid grid) {
        if (!grid.rows().isEmpty()) {
            blocks.add(grid);
        }
        return this;
    }

    /// Adds bars; nothing if there are none.
    public Document bars(Bars bars) {
        if (!bars.rows().isEmpty()) {
            blocks.add(bars);
        }
        return this;
    }

    /// Adds the charts of another one, for where there is more than characters to draw with.
    ///
    /// @param charts has no other blocks
    public Document pictures(Document charts) {
        charts.blocks.forEach(chart -> blocks.add(new Block.Picture(chart)));
        return this;
    }

    /// Adds all of another one's blocks.
    public Document append(Document other) {
        blocks.addAll(other.blocks);
        return this;
    }

    /// All that it claims, in order.
    public List<Claim> claims() {
        return blocks.stream()
                .filter(Block.Claims.class::isInstance)
                .flatMap(block -> ((Block.Claims) block).claims().stream())
                .toList();
    }

    /// The blocks.
    public List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }
}
