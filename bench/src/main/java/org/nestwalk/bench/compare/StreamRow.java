package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
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
            ours.add(
                    laboratory
                            .processes()
                            .java(
                                    StreamMeasurement.class,
                                    mode.name(),
                                    stream,
                                    Integer.toString(accesses)));
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
            lines.addAll(against(ours, theirs));
        }
        lines.add(
                Line.scaled(
                        mode.title() + ", at least",
                        stream,
                        steady,
                        Target.rate(rate),
                        yardstick.factor(mode, stream)));
        lines.addAll(firstPass(ours, theirs));
        return lines;
    }

    private List<Line> against(List<Values> ours, List<YardstickRun> theirs) {
        Pairs pairs = new Pairs();
        for (int i = 0; i < theirs.size(); i++) {
            pairs.add(Pairs.median(ours.get(i).all("steady")), Pairs.median(theirs.get(i).rates()));
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.compared(mode.title(), stream, UNIT, pairs, Target.ratio(ratio)));
        Values first = ours.getFirst();
        List<String> differences = Agreement.differences(mode, accesses, first, theirs.getFirst());
        lines.add(
                Line.required(
                        mode.title() + ", counts",
                        stream,
                        String.format(Locale.ROOT, "%,d walks", (long) first.one("walks")),
                        differences.isEmpty()
                                ? "as the yardstick's"
                                : String.join("; ", differences),
                        differences.isEmpty()));
        if (mode == Mode.CACHES) {
            List<Double> served =
                    theirs.getFirst().served().stream().map(Long::doubleValue).toList();
            lines.add(
                    Line.information(
                            "  served by L1 L2 LLC memory",
                            stream,
                            Agreement.parts(Arrays.stream(first.all("served")).boxed().toList()),
                            "- yardstick " + Agreement.parts(served)));
        }
        return lines;
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
