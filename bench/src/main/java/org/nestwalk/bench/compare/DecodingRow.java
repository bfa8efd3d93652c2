package org.nestwalk.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bench.compare.measured.DecodingInput;
import org.nestwalk.bench.compare.measured.DecodingMeasurement;
import org.nestwalk.bench.compare.measured.Values;
import org.nestwalk.traces.TraceFormat;

/// Decoding a trace format, in million records a second: accesses of `.nwt`, 12-byte records of
/// drmemtrace, 64-byte records of ChampSim, lines of lackey.
///
/// @param name for `--only`
/// @param title what is decoded
/// @param input what to write and decode, or null for all examples
/// @param rate target on the reference host
record DecodingRow(String name, String title, @Nullable DecodingInput input, double rate)
        implements Row {
    private static final List<String> EXAMPLES =
            List.of("cc1", "perl", "python", "sort", "sqlite", "xz");

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<Double> rates = new ArrayList<>();
        String[] arguments = arguments(laboratory);
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name, round, laboratory.rounds());
            Values values = laboratory.processes().java(DecodingMeasurement.class, arguments);
            double records = input == null ? values.one("accesses") : input.records();
            rates.add(records / 1e6 / Pairs.median(values.all("seconds")));
        }
        return List.of(
                Line.scaled(
                        "decoding " + title,
                        input == null ? EXAMPLES.size() + " examples" : "zipf",
                        Pairs.median(rates),
                        Target.rate(rate),
                        laboratory.yardstick().factor()));
    }

    /// What to decode: the format and the files.
    private String[] arguments(Laboratory laboratory) {
        if (input == null) {
            return Stream.concat(
                            Stream.of(TraceFormat.NWT.label()),
                            EXAMPLES.stream().map(example -> "examples/" + example + ".nwt"))
                    .toArray(String[]::new);
        }
        laboratory.progress().show(name + ", writing what to decode");
        Path directory = laboratory.processes().root().resolve("bench/target/traces");
        return new String[] {input.format().label(), input.in(directory).toString()};
    }
}
