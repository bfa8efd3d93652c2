package org.nestwalk.lab.labs.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Figures;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.labs.validate.ValidateResult.Ratio;
import org.nestwalk.lab.labs.validate.ValidateResult.Time;

/// The times that were measured and predicted, and their ratios.
final class Ratios {
    /// 4K over 2M.
    static final String PAGES = "pages";

    /// One size over the one before.
    static final String SIZE = "size";

    /// A guest over the host.
    static final String GUEST = "guest";

    private Ratios() {}

    /// All that were predicted.
    static List<Time> times(
            ValidateRun.Options options, Measured measured, Map<Case, Double> predicted) {
        List<Time> times = new ArrayList<>();
        for (Case one : options.cases()) {
            Double prediction = predicted.get(one);
            if (prediction != null) {
                Estimate time = measured.time(one);
                times.add(
                        new Time(
                                ValidateRun.label(one.place()),
                                one.program(),
                                one.bytes(),
                                one.pages().label(),
                                time.value(),
                                time.least(),
                                time.most(),
                                prediction));
            }
        }
        return times;
    }

    /// Those of the place that is judged, as far as both times were predicted.
    static List<Ratio> of(
            ValidateRun.Options options, Measured measured, Map<Case, Double> predicted) {
        List<Ratio> ratios = new ArrayList<>();
        for (Case one : options.cases(options.place())) {
            String size = Figures.bytes(one.bytes());
            if (one.pages() == PageSize.SIZE_4K) {
                add(
                        ratios,
                        ratio(
                                PAGES,
                                size + ": 4K/2M",
                                one,
                                one.with(PageSize.SIZE_2M),
                                measured,
                                predicted));
            }
            int index = options.sizes().indexOf(one.bytes());
            if (index > 0) {
                long before = options.sizes().get(index - 1);
                add(
                        ratios,
                        ratio(
                                SIZE,
                                one.pages().label() + ": " + size + " / " + Figures.bytes(before),
                                one,
                                one.with(before),
                                measured,
                                predicted));
            }
            if (one.place() == Place.GUEST) {
                add(
                        ratios,
                        ratio(
                                GUEST,
                                one.pages().label() + ", " + size + ": guest/host",
                                one,
                                one.with(Place.NATIVE),
                                measured,
                                predicted));
            }
        }
        return ratios;
    }

    private static void add(List<Ratio> ratios, @Nullable Ratio ratio) {
        if (ratio != null) {
            ratios.add(ratio);
        }
    }

    private static @Nullable Ratio ratio(
            String kind,
            String what,
            Case one,
            Case other,
            Measured measured,
            Map<Case, Double> predicted) {
        Double above = predicted.get(one);
        Double below = predicted.get(other);
        if (above == null || below == null) {
            return null;
        }
        Estimate ratio = measured.ratio(one, other);
        double prediction = above / below;
        return new Ratio(
                kind,
                one.program(),
                what,
                ratio.value(),
                ratio.least(),
                ratio.most(),
                prediction,
                prediction / ratio.value() - 1);
    }
}
