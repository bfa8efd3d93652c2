package org.nestwalk.document;

/// What figures are figures of: an axis of a chart, or what a cell holds.
///
/// @param name in lower case, such as `footprint`
/// @param unit of the figures: `bytes` and `ns` are shown in the largest unit of which there is
///   one, `part` in percent, others as they are; may be empty
/// @param meaning one phrase that begins in lower case and has no full stop; empty where the name
///   says it
/// @param scale how far apart figures are shown
/// @param better which figures are
public record Measure(String name, String unit, String meaning, Scale scale, Better better) {
    /// How far apart figures are shown.
    public enum Scale {
        /// By their difference.
        LINEAR,
        /// By the factor between them; only of figures above 0.
        LOGARITHMIC
    }

    /// Figures without a unit.
    public static Measure of(String name) {
        return new Measure(name, "", "", Scale.LINEAR, Better.NEITHER);
    }

    /// The same in a unit.
    public Measure in(String inUnit) {
        return new Measure(name, inUnit, meaning, scale, better);
    }

    /// The same with what it means.
    public Measure meaning(String phrase) {
        return new Measure(name, unit, phrase, scale, better);
    }

    /// The same, shown by factors.
    public Measure logarithmic() {
        return new Measure(name, unit, meaning, Scale.LOGARITHMIC, better);
    }

    /// The same, of which greater figures are better.
    public Measure moreIsBetter() {
        return new Measure(name, unit, meaning, scale, Better.MORE);
    }

    /// The same, of which lesser figures are better.
    public Measure lessIsBetter() {
        return new Measure(name, unit, meaning, scale, Better.LESS);
    }

    /// Name and, unless it shows in the text of each figure, unit.
    public String heading() {
        return switch (unit) {
            case "bytes", "ns", "part" -> name;
            default -> (name + " " + unit).strip();
        };
    }

    /// Where `value` lies between `least` and `most`, 0 to 1; 0 if these are equal.
    public double place(double value, double least, double most) {
        return scale == Scale.LINEAR || least <= 0
                ? most == least ? 0 : (value - least) / (most - least)
                : most == least ? 0 : Math.log(value / least) / Math.log(most / least);
    }

    /// The figure that lies at `place`, 0 to 1, between `least` and `most`.
    public double at(double place, double least, double most) {
        return scale == Scale.LINEAR || least <= 0
                ? least + place * (most - least)
                : least * Math.pow(most / least, place);
    }

    /// A figure with its unit, as people read it.
    public String text(double value) {
        return switch (unit) {
            case "bytes" -> Figures.bytes(Math.round(value));
            case "ns" -> nanoseconds(value);
            case "part" -> Figures.percent(value);
            default -> (plain(value) + " " + unit).strip();
        };
    }

    private static String nanoseconds(double value) {
        return value == 0 ? "0" : value < 1_000 ? Figures.format("%.1f ns", value) : time(value);
    }

    private static String time(double value) {
        return Figures.time(Math.round(value));
    }

    private static String plain(double value) {
        if (value == Math.rint(value)) {
            return Figures.format("%,.0f", value);
        }
        double size = Math.abs(value);
        return Figures.format(size >= 100 ? "%,.0f" : size >= 1 ? "%.1f" : "%.3g", value);
    }
}
