package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.SetupsMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// A whole comparison of seven setups over recorded traces, against seven runs of the engine alone.
record SetupsRow() implements Row {
    private static final List<String> TRACES = List.of("cc1", "python");

    @Override
    public String name() {
        return "setups";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<Line> lines = new ArrayList<>();
        for (String trace : TRACES) {
            Pairs pairs = new Pairs();
            for (int round = 0; round < laboratory.rounds(); round++) {
                laboratory.progress().show(name() + " " + trace, round, laboratory.rounds());
                Values values =
                        laboratory
                                .processes()
                                .java(SetupsMeasurement.class, "examples/" + trace + ".nwt");
                pairs.addAll(values.all("run"), values.all("alone"));
            }
            lines.add(
                    Line.compared(
                            "run of seven setups / engine alone",
                            trace + ".nwt",
                            " M/s",
                            pairs,
                            Target.ratio(0.8)));
        }
        return lines;
    }
}
