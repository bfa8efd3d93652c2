package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.CurveMeasurement;
import org.nestwalk.bench.compare.measured.Values;
import org.nestwalk.lab.curve.CurveSizes;

/// A run in which the misses of TLBs of all sizes are counted, against a run of one size.
record CurveRow() implements Row {
    private static final List<String> WORKLOADS =
            List.of(
                    "examples/cc1.nwt",
                    "zipf:footprint=1GiB,accesses=3M",
                    "gups:footprint=1GiB,accesses=3M");

    @Override
    public String name() {
        return "curve";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<Line> lines = new ArrayList<>();
        for (String workload : WORKLOADS) {
            Pairs pairs = new Pairs();
            for (int round = 0; round < laboratory.rounds(); round++) {
                laboratory.progress().show(name() + " " + workload, round, laboratory.rounds());
                Values values = laboratory.processes().java(CurveMeasurement.class, workload);
                pairs.addAll(values.all("curve"), values.all("one"));
            }
            lines.add(
                    Line.compared(
                            "%d sizes in one pass / one size".formatted(CurveSizes.all().size()),
                            workload.replaceFirst("^examples/|:.*", ""),
                            " M/s",
                            pairs,
                            Target.ratio(1 / 3.0)));
        }
        return lines;
    }
}
