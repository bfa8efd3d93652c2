package org.nestwalk.bench.compare;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One line of the table: something measured, what it is held against, and whether that is enough.
///
/// @param work what was done
/// @param stream to what
/// @param ours Nestwalk's median, with its unit
/// @param theirs the median of the yardstick, or of Nestwalk done otherwise; may be empty
/// @param ratio the median of the paired ratios and their range; may be empty
/// @param target the bound in words; empty for information
/// @param met `yes`, `no`, why it could not be judged, or `-` for information
/// @param failed whether `--check` fails on this line
record Line(
        String work,
        String stream,
        String ours,
        String theirs,
        String ratio,
        String target,
        String met,
        boolean failed) {
    private static final String NOT_JUDGED = "-";

    /// Nestwalk against something else; both in `unit`.
    ///
    /// @param target of the ratio, or null for information
    static Line compared(
            String work, String stream, String unit, Pairs pairs, @Nullable Target target) {
        double ratio = Pairs.median(pairs.ratios());
        return new Line(
                work,
                stream,
                Target.number(pairs.ourMedian()) + unit,
                Target.number(pairs.theirMedian()) + unit,
                range(pairs.ratios()),
                target == null ? "" : target.text(),
                target == null ? NOT_JUDGED : yesOrNo(target.isMetBy(ratio)),
                target != null && target.enforced() && !target.isMetBy(ratio));
    }

    /// A value by itself, judged as it is and, where the bound was stated for another host, as that
    /// host would have to do if it were as fast as this one.
    ///
    /// @param factor how fast this host is, the reference host being 1; NaN where that is not known
    static Line scaled(String work, String stream, double value, Target target, double factor) {
        String met = yesOrNo(target.isMetBy(value));
        if (!Double.isNaN(factor)) {
            Target here = target.scaled(factor);
            met +=
                    String.format(
                            Locale.ROOT,
                            "; host is %.2fx: %s %s",
                            factor,
                            here.text(),
                            yesOrNo(here.isMetBy(value)));
        }
        return line(work, stream, value, target, met);
    }

    /// A value by itself, judged as it is.
    static Line absolute(String work, String stream, double value, Target target) {
        return line(work, stream, value, target, yesOrNo(target.isMetBy(value)));
    }

    /// Something worth knowing that has no target.
    static Line information(String work, String stream, String ours, String remark) {
        return new Line(work, stream, ours, "", "", "", remark, false);
    }

    /// What could not be compared, and why; `--check` does not fail on it.
    static Line missing(String work, String stream, String ours, Target target, String why) {
        return new Line(work, stream, ours, "", "", target.text(), why, false);
    }

    /// Something that must hold and is no number.
    static Line required(String work, String stream, String ours, String target, boolean holds) {
        return new Line(work, stream, ours, "", "", target, yesOrNo(holds), !holds);
    }

    private static Line line(String work, String stream, double value, Target target, String met) {
        boolean failed = target.enforced() && !target.isMetBy(value);
        String ours = Target.number(value) + target.unit();
        return new Line(work, stream, ours, "", "", target.text(), met, failed);
    }

    private static String range(double[] ascending) {
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f-%.2f)",
                Pairs.median(ascending),
                ascending[0],
                ascending[ascending.length - 1]);
    }

    private static String yesOrNo(boolean met) {
        return met ? "yes" : "no";
    }
}
