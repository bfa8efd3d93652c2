package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.ThreadsMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// A comparison of seven setups with two threads, against one.
record ThreadsRow() implements Row {
    private static final String WORK = "seven setups, two threads / one";
    private static final String TRACE = "cc1.nwt";

    // Where others use more, ratios of wall-clock times say more about them.
    private static final double TOLERABLE = 0.1;
    private static final Target TARGET = Target.ratio(1.8);

    @Override
    public String name() {
        return "threads";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return List.of(Line.missing(WORK, TRACE, "", TARGET, "needs two processors"));
        }
        Pairs pairs = new Pairs();
        List<Double> others = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values =
                    laboratory.processes().java(ThreadsMeasurement.class, "examples/" + TRACE);
            // Runs a second, so that more is better as everywhere.
            pairs.addAll(inverse(values.all("two")), inverse(values.all("one")));
            others.add(values.one("others"));
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.compared(WORK, TRACE, " runs/s", pairs, TARGET));
        double busy = Pairs.median(others);
        if (busy > TOLERABLE) {
            lines.add(
                    Line.information(
                            "  others used meanwhile",
                            TRACE,
                            Target.number(busy) + " processors",
                            "- measure again"));
        }
        return lines;
    }

    private static double[] inverse(double[] seconds) {
        double[] rates = new double[seconds.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = 1 / seconds[i];
        }
        return rates;
    }
}
