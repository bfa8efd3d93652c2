package org.nestwalk.document;

/// A column of a [Table].
///
/// @param name its heading; may be empty
/// @param unit of its figures, such as `ns`; may be empty
/// @param kind what its cells are
/// @param group what it has in common with its neighbours, which are kept together and headed by
///   it; empty for nothing
/// @param meaning one phrase; empty where the name says it
/// @param better which values are
public record Column(
        String name, String unit, Kind kind, String group, String meaning, Better better) {
    /// What cells are, which decides how they are aligned.
    public enum Kind {
        /// What a row is about, to the left; repeated if a table is shown in parts.
        LABEL,
        /// Words, to the left; may go over several lines.
        TEXT,
        /// A number with what belongs to it, to the right; never broken.
        NUMBER
    }

    /// What a row is about.
    public static Column label(String name) {
        return new Column(name, "", Kind.LABEL, "", "", Better.NEITHER);
    }

    /// Words.
    public static Column text(String name) {
        return new Column(name, "", Kind.TEXT, "", "", Better.NEITHER);
    }

    /// Numbers.
    public static Column number(String name) {
        return new Column(name, "", Kind.NUMBER, "", "", Better.NEITHER);
    }

    /// This column in a unit.
    public Column in(String inUnit) {
        return new Column(name, inUnit, kind, group, meaning, better);
    }

    /// This column in a group.
    public Column of(String inGroup) {
        return new Column(name, unit, kind, inGroup, meaning, better);
    }

    /// This column with what it means, in one phrase that begins in lower case and has no full
    /// stop.
    public Column meaning(String phrase) {
        return new Column(name, unit, kind, group, phrase, better);
    }

    /// This column, of which greater values are better.
    public Column moreIsBetter() {
        return new Column(name, unit, kind, group, meaning, Better.MORE);
    }

    /// This column, of which lesser values are better.
    public Column lessIsBetter() {
        return new Column(name, unit, kind, group, meaning, Better.LESS);
    }

    /// Name and unit, as far as there are any.
    public String heading() {
        return (name + " " + unit).strip();
    }
}
