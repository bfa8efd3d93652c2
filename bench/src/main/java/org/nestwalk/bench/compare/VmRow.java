package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.Values;
import org.nestwalk.bench.compare.measured.VmMeasurement;

/// A task in a virtual machine that nothing exits from, against the engine alone.
record VmRow() implements Row {
    private static final String ACCESSES = "5000000";
    private static final double MOST_LOSS = 0.05;

    @Override
    public String name() {
        return "vm";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<Line> lines = new ArrayList<>();
        for (String stream : List.of("gups", "zipf", "seq")) {
            Pairs without = new Pairs();
            Pairs with = new Pairs();
            for (int round = 0; round < laboratory.rounds(); round++) {
                laboratory.progress().show(name() + " " + stream, round, laboratory.rounds());
                Values values = laboratory.processes().java(VmMeasurement.class, stream, ACCESSES);
                without.addAll(values.all("vm"), values.all("alone"));
                with.addAll(values.all("contents"), values.all("alone"));
            }
            Target target = Target.ratio(1 - MOST_LOSS);
            lines.add(
                    Line.compared(
                            "virtual machine / engine alone", stream, " M/s", without, target));
            lines.add(Line.compared("  with the program's data", stream, " M/s", with, null));
        }
        return lines;
    }
}
