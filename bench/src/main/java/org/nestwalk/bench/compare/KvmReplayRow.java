package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.KvmReplayMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// The replay loop in a guest on KVM, against the same loop on the host.
record KvmReplayRow() implements Row {
    private static final String WORK = "replay in KVM / on the host, ";
    private static final String ACCESSES = "5000000";
    private static final long HALF = 1L << 32;
    private static final Target TARGET = Target.ratio(0.9);

    @Override
    public String name() {
        return "kvm-replay";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        String absence = KvmPresence.absence();
        if (!absence.isEmpty()) {
            return List.of(Line.missing(WORK + "256 MiB", "", "", TARGET, absence));
        }
        List<Line> lines = new ArrayList<>();
        for (String pages : List.of("4K", "2M")) {
            for (String stream : List.of("gups", "mixed")) {
                lines.addAll(measure(laboratory, pages, stream));
            }
        }
        return lines;
    }

    private List<Line> measure(Laboratory laboratory, String pages, String stream) {
        Pairs seam = new Pairs();
        Pairs inside = new Pairs();
        long checksum = 0;
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory
                    .progress()
                    .show(name() + " " + pages + " " + stream, round, laboratory.rounds());
            Values values =
                    laboratory
                            .processes()
                            .java(KvmReplayMeasurement.class, stream, pages, ACCESSES);
            seam.addAll(values.all("guest"), values.all("host"));
            inside.addAll(values.all("inside"), values.all("host"));
            double[] halves = values.all("checksum");
            long upper = (long) halves[0];
            checksum = upper * HALF + (long) halves[1];
        }
        return List.of(
                Line.compared(WORK + pages, stream, " M/s", inside, TARGET),
                Line.compared("  through the seam", stream, " M/s", seam, null),
                Line.information("  checksum of all", stream, "%016x".formatted(checksum), "-"));
    }
}
