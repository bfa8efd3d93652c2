package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nestwalk.bench.compare.measured.Mode;
import org.nestwalk.bench.compare.measured.StreamMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// A stream in one of the yardstick's modes, against the yardstick.
///
/// @param name for `--only`
/// @param mode what is simulated
/// @param stream `gups`, `zipf` or `seq`
/// @param accesses how many of the stream
/// @param repetitions how often the yardstick runs it in one process
/// @param ratio target for the steady rate, as part of the yardstick's
/// @param rate target for the steady rate on the reference host, in millions a second
record StreamRow(
        String name,
        Mode mode,
        String stream,
        int accesses,
        int repetitions,
        double ratio,
        double rate)
        implements Row {
    private static final String UNIT = " M/s";

    @Override
    public List<Line> measure(Laboratory laboratory) {
        Yardstick yardstick = laboratory.yardstick();
        List<Values> ours = new ArrayList<>();
        List<YardstickRun> theirs = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name, round, laboratory.rounds());
            ours.add(ours(laboratory));
            if (yardstick.isPresent()) {
                theirs.add(yardstick.run(mode, stream, accesses, repetitions));
            }
        }
        double steady = medianOf(ours, "steady");
        List<Line> lines = new ArrayList<>();
        if (theirs.isEmpty()) {
            lines.add(
                    Line.missing(
                            mode.title(),
                            stream,
                            Target.number(steady) + UNIT,
                            Target.ratio(ratio),
                            "no yardstick"));
        } else {
            lines.add(against(ours, theirs));
            lines.add(counts(ours.getFirst(), theirs.getFirst()));
            if (mode == Mode.CACHES) {
                lines.addAll(servers(laboratory, ours.getFirst(), theirs.getLast()));
            }
        }
        lines.add(
                Line.scaled(
                        "  and at least",
                        stream,
                        steady,
                        Target.rate(rate),
                        yardstick.factor(mode, stream)));
        lines.addAll(firstPass(ours, theirs));
        return lines;
    }

    private Values ours(Laboratory laboratory, String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of(mode.name(), stream, Integer.toString(accesses)));
        arguments.addAll(List.of(more));
        return laboratory
                .processes()
                .java(StreamMeasurement.class, arguments.toArray(String[]::new));
    }

    private Line against(List<Values> ours, List<YardstickRun> theirs) {
        Pairs pairs = new Pairs();
        for (int i = 0; i < theirs.size(); i++) {
            pairs.add(Pairs.median(ours.get(i).all("steady")), Pairs.median(theirs.get(i).rates()));
        }
        return Line.compared(mode.title(), stream, UNIT, pairs, Target.ratio(ratio));
    }

    private Line counts(Values ours, YardstickRun theirs) {
        List<String> differences = Agreement.differences(mode, accesses, ours, theirs);
        return agreement(
                "  its counts",
                String.format(Locale.ROOT, "%,d walks", (long) ours.one("walks")),
                differences);
    }

    private Line agreement(String work, String what, List<String> differences) {
        String target =
                differences.isEmpty() ? "as the yardstick's" : String.join("; ", differences);
        return Line.required(work, stream, what, target, differences.isEmpty());
    }

    /// Where a setup lays its tables differs from where the yardstick has them, and with it which
    /// cache serves a reference; with tables at the same addresses the same level must.
    private List<Line> servers(Laboratory laboratory, Values ours, YardstickRun theirs) {
        laboratory.progress().show(name + ", tables as the yardstick's");
        Values alike = ours(laboratory, StreamMeasurement.YARDSTICK_TABLES);
        Pairs pairs = new Pairs();
        pairs.add(Pairs.median(alike.all("steady")), Pairs.median(theirs.rates()));
        return List.of(
                Line.information(
                        "  served by L1 L2 LLC memory", stream, Agreement.parts(ours), "-"),
                agreement(
                        "  on tables as the yardstick's",
                        Agreement.parts(alike),
                        Agreement.servers(alike, theirs)),
                Line.compared("  on tables as the yardstick's", stream, UNIT, pairs, null));
    }

    /// The very first pass, on a machine without mappings and in code that is not compiled yet.
    private List<Line> firstPass(List<Values> ours, List<YardstickRun> theirs) {
        String work = "  first pass: maps, compiles";
        if (theirs.isEmpty()) {
            return List.of(
                    Line.information(
                            work, stream, Target.number(medianOf(ours, "first")) + UNIT, "-"));
        }
        Pairs pairs = new Pairs();
        for (int i = 0; i < theirs.size(); i++) {
            pairs.add(ours.get(i).one("first"), theirs.get(i).rates().getFirst());
        }
        return List.of(Line.compared(work, stream, UNIT, pairs, null));
    }

    private static double medianOf(List<Values> values, String name) {
        return Pairs.median(
                values.stream().mapToDouble(value -> Pairs.median(value.all(name))).toArray());
    }
}
