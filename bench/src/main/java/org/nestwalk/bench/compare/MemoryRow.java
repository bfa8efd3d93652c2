package org.nestwalk.bench.compare;

import java.util.List;
import org.nestwalk.bench.compare.measured.TablesMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// What the tables of large guests cost in memory. It is the same every time, so that it is
/// measured once.
///
/// @param name for `--only`
/// @param title of the guest
/// @param gibibytes of the guest's memory
/// @param touched pages of it that are touched; all if 0
/// @param layout of frames
/// @param target bytes a touched page, or 0 to judge by the size of the tables themselves, or a
///   negative number for information
record MemoryRow(
        String name, String title, long gibibytes, long touched, String layout, double target)
        implements Row {
    private static final double OVERHEAD = 1.3;
    private static final String UNIT = " B/page";

    @Override
    public List<Line> measure(Laboratory laboratory) {
        laboratory.progress().show(name);
        long pages = gibibytes << 18;
        long all = touched == 0 ? pages : touched;
        Values values =
                laboratory
                        .processes()
                        .java(
                                TablesMeasurement.class,
                                Long.toString(pages),
                                Long.toString(all),
                                layout);
        double heap = values.one("heap") / all;
        double tables = values.one("tables") / all;
        if (target < 0) {
            return List.of(
                    Line.information(
                            title,
                            layout,
                            Target.number(heap) + UNIT,
                            "- tables are " + Target.number(tables) + UNIT));
        }
        double bound = target == 0 ? OVERHEAD * tables : target;
        return List.of(Line.absolute(title, layout, heap, Target.atMost(bound, UNIT, true)));
    }
}
