package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.RestoreMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// Going on from a snapshot on KVM: lazily to the first access, and to 90 % of the accesses with a
/// working set against without one.
record RestoreRow() implements Row {
    private static final String SOON = "restore on KVM to 90 %, working set / lazy";
    private static final String FIRST = "restore on KVM to first access";
    private static final Target RATIO = Target.ratio(3);
    private static final Target TIME = Target.atMost(3, " ms", false);
    private static final double MILLISECOND = 1e3;

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        String absence = KvmPresence.absence();
        if (!absence.isEmpty()) {
            return List.of(Line.missing(SOON, "64 MiB", "", RATIO, absence));
        }
        Pairs pairs = new Pairs();
        List<Double> first = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values = laboratory.processes().java(RestoreMeasurement.class);
            // Runs a second, so that more is better as everywhere.
            pairs.addAll(rates(values.all("set")), rates(values.all("lazy")));
            first.add(Pairs.median(values.all("first")) / MILLISECOND);
        }
        return List.of(
                Line.compared(SOON, "64 MiB", " runs/s", pairs, RATIO),
                Line.absolute(FIRST, "1 GiB", Pairs.median(first), TIME));
    }

    private static double[] rates(double[] milliseconds) {
        double[] rates = milliseconds.clone();
        for (int i = 0; i < rates.length; i++) {
            rates[i] = MILLISECOND / rates[i];
        }
        return rates;
    }
}
