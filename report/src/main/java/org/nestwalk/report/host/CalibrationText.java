package org.nestwalk.report.host;

import static org.nestwalk.Quantities.counted;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.lab.calibrate.CalibrationResult;
import org.nestwalk.lab.calibrate.ComparedCurve;
import org.nestwalk.lab.calibrate.Fit;
import org.nestwalk.lab.calibrate.Structures;

/// A calibration as a document: what was found, the curves, how well they agree, and what all that
/// does not tell.
public final class CalibrationText {
    private static final String[] CACHES = {"L1D cache", "L2 cache", "last-level cache"};
    private static final int LINE = 64;
    private static final int SMALL = 4096;
    private static final int LARGE = 2 << 20;

    private CalibrationText() {}

    /// All of it.
    public static Document of(CalibrationResult result) {
        Document document =
                new Document()
                        .lines(heading(result))
                        .table(found(result.fit()))
                        .append(OverlapText.of(result.overlap()));
        for (Place place : Place.values()) {
            List<ComparedCurve> curves =
                    result.curves().stream()
                            .filter(curve -> curve.curve().place() == place)
                            .toList();
            if (!curves.isEmpty()) {
                place(document, place, curves);
            }
        }
        return document.lines(result.missing()).lines(agreement(result)).append(Unknown.document());
    }

    private static List<String> heading(CalibrationResult result) {
        return List.of(
                Figures.format(
                        "Dependent random loads on %s; core at %.2f GHz",
                        result.processor(), result.clocks().coreGHz()),
                Figures.format(
                        "%s of %d burst{s} of %,d load{s} each; a time is the best %.0f %% of"
                                + " them%s",
                        counted(result.rounds(), "round"),
                        Sampler.BURSTS,
                        Sampler.BURST,
                        100 * Sampler.QUANTILE,
                        result.stable()
                                ? ", and more rounds would have changed little"
                                : "; more rounds would change some of them"));
    }

    /// The parameters, in the units that they were found in.
    private static Table found(Fit fit) {
        Structures sizes = fit.structures();
        Table table =
                new Table(
                        Column.label(""),
                        Column.text("holds")
                                .meaning("what random loads find; assumed where they do not tell"),
                        Column.text("a load takes"));
        for (int level = 0; level < Structures.CACHES; level++) {
            table.row(
                    CACHES[level],
                    Figures.bytes(sizes.cacheLines().get(level) * LINE) + assumed(fit, level),
                    Figures.format("%.1f ns", fit.cache(level)));
        }
        table.row("memory", "", Figures.format("%.0f ns", fit.cache(Structures.CACHES)));
        int index = Structures.CACHES;
        table.row("first-level TLB, 4K", entries(fit, index++, SMALL), "");
        String hit = Figures.format("%.1f ns more", fit.secondTlb());
        table.row("second-level TLB, 4K", entries(fit, index++, SMALL), hit);
        table.row("first-level TLB, 2M", entries(fit, index++, LARGE), "");
        table.row("second-level TLB, 2M", entries(fit, index++, LARGE), hit);
        table.row("page-directory entries", entries(fit, index, LARGE), "");
        table.row("a walk", "", Figures.format("%.1f ns more, and its references", fit.walk()));
        return table;
    }

    /// By the index of a size in [Structures#values].
    private static String entries(Fit fit, int index, int page) {
        long entries = fit.structures().values().get(index);
        return Figures.format("%,d {entry|entries}, %s", entries, Figures.bytes(entries * page))
                + assumed(fit, index);
    }

    private static String assumed(Fit fit, int index) {
        return fit.tells(index) ? "" : ", assumed";
    }

    private static void place(Document document, Place place, List<ComparedCurve> curves) {
        String title =
                place == Place.NATIVE
                        ? "Natively"
                        : "In a guest, simulated as " + curves.getFirst().setup().split(":", 2)[0];
        document.paragraph(title + ": nanoseconds of a load, measured, simulated, and the error");
        document.table(table(curves));
        for (ComparedCurve curve : curves) {
            document.series(CurveChart.of(curve, name(curve) + ": one load of " + unit(curve)));
        }
    }

    private static Table table(List<ComparedCurve> curves) {
        TreeMap<Long, List<String>> rows = new TreeMap<>();
        for (ComparedCurve curve : curves) {
            for (ComparedCurve.Point point : curve.points()) {
                rows.computeIfAbsent(point.measured().bytes(), _ -> new ArrayList<>());
            }
        }
        List<Column> columns = new ArrayList<>(List.of(Column.label("footprint")));
        for (ComparedCurve curve : curves) {
            for (String column : List.of("meas.", "sim.", "error")) {
                columns.add(Column.number(column).of(name(curve)));
            }
            rows.forEach((bytes, row) -> row.addAll(cells(curve, bytes)));
        }
        Table table = new Table(columns);
        rows.forEach((bytes, row) -> {
            row.addFirst(Figures.bytes(bytes));
            table.row(row);
        });
        return table;
    }

    private static List<String> cells(ComparedCurve curve, long bytes) {
        for (ComparedCurve.Point point : curve.points()) {
            if (point.measured().bytes() == bytes) {
                String measured = Figures.format("%.1f", point.measured().nanoseconds());
                Double simulated = point.simulated();
                return simulated == null
                        ? List.of(measured, "-", "")
                        : List.of(
                                measured,
                                Figures.format("%.1f", simulated),
                                Figures.format(
                                        "%+.0f %%%s",
                                        100 * point.error(), point.isWithin() ? "" : "!"));
            }
        }
        return List.of("", "", "");
    }

    /// The size of the pages, and what one line is loaded of.
    static String name(ComparedCurve curve) {
        long stride = curve.curve().stride();
        String unit = stride == LINE ? "line" : stride == SMALL ? "4K" : "2M";
        return curve.curve().pages().label() + "/" + unit;
    }

    private static String unit(ComparedCurve curve) {
        long stride = curve.curve().stride();
        String unit = stride == LINE ? "each line" : stride == SMALL ? "each 4 KiB" : "each 2 MiB";
        return unit + ", pages of " + curve.curve().pages().label();
    }

    private static List<String> agreement(CalibrationResult result) {
        List<String> lines = new ArrayList<>();
        for (Place place : Place.values()) {
            long simulated = result.simulated(place);
            if (simulated > 0) {
                lines.add(
                        Figures.format(
                                "%s: %d of %d point{s} (%s) {is|are} simulated within %.0f %% of"
                                        + " what was measured.",
                                place == Place.NATIVE ? "Natively" : "In the guest",
                                result.within(place),
                                simulated,
                                Figures.share(result.within(place), simulated),
                                100 * ComparedCurve.TOLERANCE));
            }
        }
        return lines;
    }
}
