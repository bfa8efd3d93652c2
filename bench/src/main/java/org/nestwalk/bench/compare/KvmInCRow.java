package org.nestwalk.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.KvmExitMeasurement;
import org.nestwalk.bench.compare.measured.KvmForkMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// Something done to KVM by Java, against the same in C.
///
/// @param name of the row
/// @param work what is done
/// @param stream to what
/// @param measurement the measured class, whose argument is the C program
/// @param program the C program's name
/// @param unit of its numbers, in microseconds
/// @param alike what is alike where the C program is measured a second time, for information; empty
///   if it is not
record KvmInCRow(
        String name,
        String work,
        String stream,
        Class<?> measurement,
        String program,
        double unit,
        String alike)
        implements Row {
    private static final String UNIT = " us";
    private static final Target TARGET = Target.atMost(1.1, "", true);

    /// One exit from a guest and back.
    static KvmInCRow exit() {
        return new KvmInCRow(
                "kvm-exit",
                "exit from KVM, Java / C",
                "OUT",
                KvmExitMeasurement.class,
                "exits",
                1e-3,
                "");
    }

    /// One fork of a virtual machine, to the first exit.
    static KvmInCRow fork() {
        return new KvmInCRow(
                "kvm-fork",
                "fork on KVM to first exit, Java / C",
                "256 MiB",
                KvmForkMeasurement.class,
                "fork",
                1,
                ", same leaves of CPUID");
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        String absence = KvmPresence.absence();
        if (!absence.isEmpty()) {
            return List.of(Line.missing(work, stream, "", TARGET, absence));
        }
        Path compiled = laboratory.processes().root().resolve("bench/target/kvm/" + program);
        if (!Files.isExecutable(compiled)) {
            return List.of(alone(laboratory));
        }
        Pairs pairs = new Pairs();
        Pairs pairsAlike = new Pairs();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values = laboratory.processes().java(measurement, compiled.toString());
            pairs.addAll(microseconds(values.all("java")), microseconds(values.all("c")));
            if (!alike.isEmpty()) {
                pairsAlike.addAll(
                        microseconds(values.all("java")), microseconds(values.all("c-alike")));
            }
        }
        Line line = Line.compared(work, stream, UNIT, pairs, TARGET);
        return alike.isEmpty()
                ? List.of(line)
                : List.of(line, Line.compared(work + alike, stream, UNIT, pairsAlike, null));
    }

    private Line alone(Laboratory laboratory) {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values = laboratory.processes().java(measurement);
            times.add(Pairs.median(microseconds(values.all("java"))));
        }
        return Line.missing(
                work,
                stream,
                Target.number(Pairs.median(times)) + UNIT,
                TARGET,
                "no C compiler: nothing to hold it against");
    }

    private double[] microseconds(double... numbers) {
        double[] times = numbers.clone();
        for (int i = 0; i < times.length; i++) {
            times[i] *= unit;
        }
        return times;
    }
}
