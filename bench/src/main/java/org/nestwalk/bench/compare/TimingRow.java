package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.TimingMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// Seven setups with the time model of overlapping accesses, against a blocking machine.
record TimingRow() implements Row {
    private static final double MOST_SLOWER = 1.25;
    private static final List<String> WORKLOADS =
            List.of(
                    "gups:footprint=256MiB,accesses=1M",
                    "zipf:footprint=256MiB,accesses=1M",
                    "examples/cc1.nwt",
                    "examples/sort.nwt");

    @Override
    public String name() {
        return "timing";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<Line> lines = new ArrayList<>();
        for (String workload : WORKLOADS) {
            String label = workload.replaceAll(":.*|.*/", "");
            Pairs pairs = new Pairs();
            for (int round = 0; round < laboratory.rounds(); round++) {
                laboratory.progress().show(name() + " " + label, round, laboratory.rounds());
                Values values = laboratory.processes().java(TimingMeasurement.class, workload);
                pairs.addAll(values.all("overlap"), values.all("blocking"));
            }
            lines.add(
                    Line.compared(
                            "accesses that overlap / blocking machine",
                            label,
                            " M/s",
                            pairs,
                            Target.ratio(1 / MOST_SLOWER)));
        }
        return lines;
    }
}
