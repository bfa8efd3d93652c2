package org.nestwalk.report.document;

/// A column of a [Table].
///
/// @param name its heading; may be empty
/// @param unit of its figures, such as `ns`; may be empty
/// @param kind what its cells are
/// @param group what it has in common with its neighbours, which are kept together and headed by
///   it; empty for nothing
public record Column(String name, String unit, Kind kind, String group) {
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
        return new Column(name, "", Kind.LABEL, "");
    }

    /// Words.
    public static Column text(String name) {
        return new Column(name, "", Kind.TEXT, "");
    }

    /// Numbers.
    public static Column number(String name) {
        return new Column(name, "", Kind.NUMBER, "");
    }

    /// This column in a unit.
    public Column in(String inUnit) {
        return new Column(name, inUnit, kind, group);
    }

    /// This column in a group.
    public Column of(String inGroup) {
        return new Column(name, unit, kind, inGroup);
    }

    /// Name and unit, as far as there are any.
    public String heading() {
        return (name + " " + unit).strip();
    }
}
