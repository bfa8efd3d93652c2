package org.nestwalk.lab.labs.curve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;

/// What is read off curves.
final class CurveFigures {
    /// The part of what can be gained that is nearly all of it.
    static final double NEARLY_ALL = 0.9;

    private CurveFigures() {}

    /// Setups with the same misses at every size together, in order: those of one page size have
    /// the same look-ups, however long their walks are.
    static List<List<SetupCurve>> alike(CurveResult result) {
        Map<List<Long>, List<SetupCurve>> groups = new LinkedHashMap<>();
        for (SetupCurve setup : result.setups()) {
            List<Long> misses = setup.points().stream().map(Point::misses).toList();
            groups.computeIfAbsent(misses, _ -> new ArrayList<>()).add(setup);
        }
        return List.copyOf(groups.values());
    }

    /// The names of setups.
    static String names(List<SetupCurve> setups) {
        List<String> names = setups.stream().map(SetupCurve::setup).toList();
        return names.size() == 1
                ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
    }

    /// A knee of a curve.
    ///
    /// @param at where it is
    /// @param bend how far it lies below the straight line between the ends, as a part of what lies
    ///   between these
    record Knee(Point at, double bend) {}

    /// Where a curve over the logarithm of entries lies farthest below the straight line between
    /// its ends (Satopaa et al., "Finding a 'kneedle' in a haystack", ICDCS Workshops 2011).
    ///
    /// @param curve two or more points
    static Knee knee(List<Point> curve) {
        double most = curve.getFirst().misses();
        double least = curve.getLast().misses();
        Knee knee = new Knee(curve.getFirst(), 0);
        for (int i = 0; i < curve.size() && most > least; i++) {
            double line = 1 - (double) i / (curve.size() - 1);
            double bend = line - (curve.get(i).misses() - least) / (most - least);
            if (bend > knee.bend()) {
                knee = new Knee(curve.get(i), bend);
            }
        }
        return knee;
    }

    /// The first point of a curve at which at least `part` of what lies between `from` misses and
    /// its last point is gained.
    static Point gaining(List<Point> curve, long from, double part) {
        long least = curve.getLast().misses();
        return curve.stream()
                .filter(point -> from - point.misses() >= part * (from - least))
                .findFirst()
                .orElse(curve.getLast());
    }

    /// The first point of a curve with no more than so many misses, if there is one.
    static Optional<Point> reaching(List<Point> curve, long misses) {
        return curve.stream().filter(point -> point.misses() <= misses).findFirst();
    }

    /// The setup that is like `small` but for 2M pages in place of all its 4K pages, if it ran.
    static Optional<SetupCurve> large(CurveResult result, SetupCurve small) {
        String name = small.setup().replace("4K", "2M");
        return small.setup().contains("2M")
                ? Optional.empty()
                : result.setups().stream()
                        .filter(one -> one.setup().equals(name) && !name.equals(small.setup()))
                        .findFirst();
    }

    /// The fewest ways with which so many entries miss at most `more` times as often as all of them
    /// together.
    static int waysEnough(SetupCurve setup, int entries, double more) {
        List<Point> points =
                setup.points().stream().filter(point -> point.entries() == entries).toList();
        return points.stream()
                .filter(point -> point.misses() <= more * points.getLast().misses())
                .findFirst()
                .orElse(points.getLast())
                .ways();
    }
}
