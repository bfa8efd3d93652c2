package org.nestwalk.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nestwalk.bench.compare.measured.LongTrace;
import org.nestwalk.bench.compare.measured.SampleMeasurement;
import org.nestwalk.bench.compare.measured.Values;
import org.nestwalk.lab.setup.Setups;

/// Sampled runs of 500 M accesses, as precise as they are unless told otherwise, against exact
/// ones. Exact ones take minutes, so that there is one round where the other rows have three; the
/// sampled run is measured on both sides of it.
record SampleRow() implements Row {
    private static final long ACCESSES = 500_000_000;
    private static final double MILLION = 1e6;
    private static final double TEN_TIMES = 10;

    /// What is run.
    ///
    /// @param workload a program without its number of accesses, or a trace
    /// @param enforced whether ten times is promised: not where making or decoding the accesses
    ///   takes more than a tenth of an exact run, or nearly
    private record Case(String workload, List<String> setups, boolean enforced) {
        String stream() {
            return workload.replaceFirst("^.*/|:.*", "");
        }

        String work() {
            return setups.size() == 1 ? "one setup" : setups.size() + " setups";
        }
    }

    private static List<Case> cases(String trace) {
        List<String> one = List.of("nested:4K/4K");
        return List.of(
                new Case("gups:footprint=1GiB,accesses=" + ACCESSES, one, true),
                new Case("zipf:footprint=1GiB,accesses=" + ACCESSES, one, false),
                new Case("btree:footprint=1GiB,accesses=" + ACCESSES, one, false),
                new Case(trace, Setups.DEFAULT, false),
                new Case(trace, one, false));
    }

    @Override
    public String name() {
        return "sample";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        Path trace = laboratory.processes().root().resolve("bench/target/yardstick/examples.nwt");
        laboratory.progress().show(name() + ", writing a trace");
        laboratory.processes().java(LongTrace.class, trace.toString(), Long.toString(ACCESSES));
        int rounds = (laboratory.rounds() + 2) / 3;
        List<Line> lines = new ArrayList<>();
        for (Case one : cases(trace.toString())) {
            lines.addAll(measure(one, laboratory, rounds));
        }
        return lines;
    }

    private List<Line> measure(Case one, Laboratory laboratory, int rounds) {
        Pairs process = new Pairs();
        Pairs wall = new Pairs();
        List<Double> passing = new ArrayList<>();
        Coverage coverage = new Coverage();
        for (int round = 0; round < rounds; round++) {
            laboratory.progress().show(name() + " " + one.stream(), round, rounds);
            passing.add(run("passed", one, laboratory).one("process"));
            Values before = run("sampled", one, laboratory);
            Values exact = run("exact", one, laboratory);
            Values after = run("sampled", one, laboratory);
            for (Values sampled : List.of(before, after)) {
                process.add(rate(sampled, "process"), rate(exact, "process"));
                wall.add(rate(sampled, "wall"), rate(exact, "wall"));
                coverage.add(exact.all("share"), sampled.all("share"), sampled.all("half-width"));
            }
        }
        Target target = new Target(TEN_TIMES, true, "", one.enforced());
        return List.of(
                Line.compared(
                        "sampled / exact, " + one.work(), one.stream(), " M/s", process, target),
                Line.compared("  by the clock on the wall", one.stream(), " M/s", wall, null),
                Line.information(
                        "  making or decoding alone",
                        one.stream(),
                        Target.number(ACCESSES / MILLION / Pairs.median(passing)) + " M/s",
                        "- exact shares in intervals: " + coverage));
    }

    private static Values run(String how, Case one, Laboratory laboratory) {
        return laboratory
                .processes()
                .java(SampleMeasurement.class, how, one.workload(), String.join(",", one.setups()));
    }

    private static double rate(Values run, String clock) {
        return ACCESSES / MILLION / run.one(clock);
    }

    /// How many intervals hold the exact share.
    private static final class Coverage {
        private int held;
        private int all;

        void add(double[] exact, double[] shares, double[] halfWidths) {
            for (int i = 0; i < exact.length; i++) {
                held += Math.abs(exact[i] - shares[i]) <= halfWidths[i] ? 1 : 0;
                all++;
            }
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d of %d", held, all);
        }
    }
}
