package org.nestwalk.document;

import org.jspecify.annotations.Nullable;

/// What stands in a column of a [Table]: as people read it, and as programs do.
///
/// @param text for people
/// @param value a number, a word or a truth value; null if there is none
/// @param unit of the value, such as `ns`; null for none, or that of the column
public record Cell(String text, @Nullable Object value, @Nullable String unit) {
    private static final Cell NONE = new Cell("-", null);
    private static final Cell BLANK = new Cell("", null);

    /// A value without a unit, or in that of its column.
    public Cell(String text, @Nullable Object value) {
        this(text, value, null);
    }

    /// Words, the same for all.
    public static Cell text(String text) {
        return new Cell(text, text);
    }

    /// Nothing, shown as nothing.
    public static Cell blank() {
        return BLANK;
    }

    /// Nothing, shown as `-`.
    public static Cell none() {
        return NONE;
    }

    /// A word in place of a number that there is not, such as `never`.
    public static Cell no(String word) {
        return new Cell(word, null);
    }

    /// A number, which people read formatted as [Figures#format] does.
    public static Cell number(String format, Number value) {
        return new Cell(Figures.format(format, value), value);
    }

    /// A number, which may not be there.
    public static Cell optional(String format, @Nullable Number value) {
        return value == null ? NONE : number(format, value);
    }

    /// A part, 0 to 1, which people read in percent.
    public static Cell percent(double part) {
        return new Cell(Figures.percent(part), part);
    }

    /// Bytes, which people read in the largest unit.
    public static Cell bytes(long bytes) {
        return new Cell(Figures.bytes(bytes), bytes, "bytes");
    }

    /// Nanoseconds, which people read in the largest unit.
    public static Cell time(long nanoseconds) {
        return new Cell(Figures.time(nanoseconds), nanoseconds, "ns");
    }
}
