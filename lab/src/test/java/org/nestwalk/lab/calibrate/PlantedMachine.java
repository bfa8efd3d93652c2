package org.nestwalk.lab.calibrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Curve;
import org.nestwalk.kvm.measure.Footprints;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads.Place;

/// Curves of a machine whose parameters are known.
final class PlantedMachine {
    static final Structures STRUCTURES =
            new Structures(List.of(768L, 16_384L, 262_144L), 96, 2_048, 32, 1_024, 64);
    static final double[] LATENCIES = {2, 6, 30, 110, 3, 12};

    private PlantedMachine() {}

    /// Its native curves.
    ///
    /// @param noise the deviation of a time, as a part of it
    /// @param disturbed the part of the points whose time is half as long again
    static Map<Curve, List<Curve.Point>> curves(long most, double noise, double disturbed) {
        return curves(most, noise, disturbed, false);
    }

    /// Those of a machine whose hypervisor backs all memory by small pages.
    static Map<Curve, List<Curve.Point>> splintered(long most) {
        return curves(most, 0, 0, true);
    }

    private static Map<Curve, List<Curve.Point>> curves(
            long most, double noise, double disturbed, boolean splintered) {
        Random random = new Random(11);
        Map<Curve, List<Curve.Point>> curves = new LinkedHashMap<>();
        add(curves, PageSize.SIZE_4K, 64, most, splintered);
        add(curves, PageSize.SIZE_4K, 4096, most, splintered);
        add(curves, PageSize.SIZE_2M, 64, most, splintered);
        add(curves, PageSize.SIZE_2M, 4096, most, splintered);
        add(curves, PageSize.SIZE_2M, 2 << 20, most, splintered);
        curves.replaceAll((_, points) ->
                points.stream().map(point -> noisy(point, noise, disturbed, random)).toList());
        return curves;
    }

    private static Curve.Point noisy(
            Curve.Point point, double noise, double disturbed, Random random) {
        double factor = 1 + noise * random.nextGaussian();
        if (random.nextDouble() < disturbed) {
            factor *= 1.5;
        }
        return new Curve.Point(point.bytes(), point.nanoseconds() * factor, 0);
    }

    private static void add(
            Map<Curve, List<Curve.Point>> curves,
            PageSize pages,
            long stride,
            long most,
            boolean splintered) {
        List<Curve.Point> points = new ArrayList<>();
        for (long bytes : Footprints.upTo(most, 2)) {
            if (bytes >= 2 * stride) {
                LoadPattern pattern = LoadPattern.within(bytes, stride);
                points.add(new Curve.Point(pattern.bytes(), time(pattern, pages, splintered), 0));
            }
        }
        curves.put(new Curve(Place.NATIVE, pages, stride), points);
    }

    static double time(LoadPattern pattern, PageSize pages) {
        return time(pattern, pages, false);
    }

    static double time(LoadPattern pattern, PageSize pages, boolean splintered) {
        double[] costs = Expectation.of(STRUCTURES, pattern, pages, splintered);
        double sum = 0;
        for (int i = 0; i < costs.length; i++) {
            sum += costs[i] * LATENCIES[i];
        }
        return sum;
    }
}
