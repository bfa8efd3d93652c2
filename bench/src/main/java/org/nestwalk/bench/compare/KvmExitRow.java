package org.nestwalk.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.KvmExitMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// One exit from a guest on KVM and back, from Java, against the same in C.
record KvmExitRow() implements Row {
    private static final String WORK = "exit from KVM, Java / C";
    private static final String STREAM = "OUT";
    private static final String UNIT = " us";
    private static final double NANOSECONDS = 1e-3;
    private static final Target TARGET = Target.atMost(1.1, "", true);

    @Override
    public String name() {
        return "kvm-exit";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        String absence = KvmPresence.absence();
        if (!absence.isEmpty()) {
            return List.of(Line.missing(WORK, STREAM, "", TARGET, absence));
        }
        Path program = laboratory.processes().root().resolve("bench/target/kvm/exits");
        if (!Files.isExecutable(program)) {
            return List.of(alone(laboratory));
        }
        Pairs pairs = new Pairs();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values =
                    laboratory.processes().java(KvmExitMeasurement.class, program.toString());
            pairs.addAll(microseconds(values.all("java")), microseconds(values.all("c")));
        }
        return List.of(Line.compared(WORK, STREAM, UNIT, pairs, TARGET));
    }

    private Line alone(Laboratory laboratory) {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values = laboratory.processes().java(KvmExitMeasurement.class);
            times.add(Pairs.median(microseconds(values.all("java"))));
        }
        return Line.missing(
                WORK,
                STREAM,
                Target.number(Pairs.median(times)) + UNIT,
                TARGET,
                "no C compiler: nothing to hold it against");
    }

    private static double[] microseconds(double... nanoseconds) {
        double[] times = nanoseconds.clone();
        for (int i = 0; i < times.length; i++) {
            times[i] *= NANOSECONDS;
        }
        return times;
    }
}
