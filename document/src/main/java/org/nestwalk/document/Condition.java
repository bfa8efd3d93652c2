package org.nestwalk.document;

/// What has to be true of two figures for a [Claim] to hold.
///
/// @param left a figure of the run
/// @param relation in which it has to stand to the other one
/// @param right another figure of the run, or one published, or a bound
/// @param margin by which it has to be above or below, or may differ; not negative
public record Condition(Figure left, Relation relation, Figure right, double margin) {
    /// A number with a name.
    ///
    /// @param name what it is, with its unit, such as `cycles with the hint`
    /// @param value of this run, or published
    public record Figure(String name, double value) {}

    /// How one figure stands to another.
    public enum Relation {
        /// Greater by the margin or more; without a margin, greater.
        ABOVE,
        /// Less by the margin or more; without a margin, less.
        BELOW,
        /// Not greater by more than the margin; without a margin, less or equal.
        AT_MOST,
        /// Different by no more than the margin.
        ALIKE
    }

    /// That `left` is greater than `right` by `margin` or more; if that is 0, that it is greater.
    public static Condition above(
            String left, double leftValue, String right, double rightValue, double margin) {
        return new Condition(
                new Figure(left, leftValue), Relation.ABOVE, new Figure(right, rightValue), margin);
    }

    /// That `left` is less than `right` by `margin` or more; if that is 0, that it is less.
    public static Condition below(
            String left, double leftValue, String right, double rightValue, double margin) {
        return new Condition(
                new Figure(left, leftValue), Relation.BELOW, new Figure(right, rightValue), margin);
    }

    /// That `left` is not greater than `right`.
    public static Condition atMost(String left, double leftValue, String right, double rightValue) {
        return new Condition(
                new Figure(left, leftValue), Relation.AT_MOST, new Figure(right, rightValue), 0);
    }

    /// That `left` and `right` differ by `margin` at most.
    public static Condition alike(
            String left, double leftValue, String right, double rightValue, double margin) {
        return new Condition(
                new Figure(left, leftValue), Relation.ALIKE, new Figure(right, rightValue), margin);
    }

    /// That `left` is a bound or more.
    public static Condition atLeast(String left, double leftValue, double bound) {
        return above(left, leftValue, "0", 0, bound);
    }

    /// Whether it is true; never of a figure that is not a number.
    public boolean held() {
        double difference = left.value - right.value;
        return switch (relation) {
            case ABOVE -> margin == 0 ? difference > 0 : difference >= margin;
            case BELOW -> margin == 0 ? difference < 0 : -difference >= margin;
            case AT_MOST -> difference <= margin;
            case ALIKE -> Math.abs(difference) <= margin;
        };
    }
}
