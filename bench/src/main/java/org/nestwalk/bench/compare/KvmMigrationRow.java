package org.nestwalk.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.KvmMigrationMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// A guest on KVM that moves over the loopback, against a plain copy in C of as many bytes through
/// the same kind of socket, beside the same guest.
record KvmMigrationRow() implements Row {
    private static final String WORK = "migration on KVM";
    private static final String STREAM = "512 MiB";
    private static final Target RATE = Target.ratio(0.7);
    private static final Target WAIT = Target.atMost(2, "", true);
    private static final Target DOWNTIME = Target.atMost(10, " ms", false);

    @Override
    public String name() {
        return "kvm-migration";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        String work = WORK + ", Java / copy in C";
        String absence = KvmPresence.absence();
        if (!absence.isEmpty()) {
            return List.of(Line.missing(work, STREAM, "", RATE, absence));
        }
        Path compiled = laboratory.processes().root().resolve("bench/target/kvm/copy");
        boolean compares = Files.isExecutable(compiled);
        Pairs pairs = new Pairs();
        Pairs waits = new Pairs();
        Pairs faults = new Pairs();
        List<Double> rates = new ArrayList<>();
        List<Double> downtimes = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            Values values =
                    compares
                            ? laboratory
                                    .processes()
                                    .java(KvmMigrationMeasurement.class, compiled.toString())
                            : laboratory.processes().java(KvmMigrationMeasurement.class);
            for (double downtime : values.all("downtime")) {
                downtimes.add(downtime);
            }
            rates.add(Pairs.median(values.all("java")));
            if (compares) {
                pairs.addAll(values.all("java"), values.all("c"));
                double trip = Pairs.median(values.all("trip"));
                waits.add(Pairs.median(values.all("fault")), trip);
                faults.add(Pairs.median(values.all("handled")), trip);
            }
        }
        Line downtime =
                Line.absolute(
                        WORK + ", downtime, median", STREAM, Pairs.median(downtimes), DOWNTIME);
        if (!compares) {
            String rate = Target.number(Pairs.median(rates)) + " MB/s";
            return List.of(
                    Line.missing(
                            work, STREAM, rate, RATE, "no C compiler: nothing to hold it against"),
                    downtime);
        }
        return List.of(
                Line.compared(work, STREAM, " MB/s", pairs, RATE),
                downtime,
                Line.compared("  page of post-copy / round trip", STREAM, " us", waits, WAIT),
                Line.compared("  fault with it, mean / round trip", STREAM, " us", faults, null));
    }
}
