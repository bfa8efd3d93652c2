package org.nestwalk.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// How long `./nestwalk run` takes to its first line, and to its last, on the clock on the wall. It
/// has been started before, so that it is built and the files are in the kernel's cache.
record StartRow() implements Row {
    private static final int STARTS_PER_ROUND = 3;

    /// @param arguments of `run`
    /// @param first most seconds to the first line; 0 if that is no question
    /// @param whole most seconds to the last line; 0 where nothing is promised
    private record Run(List<String> arguments, double first, double whole) {
        List<String> command() {
            return Stream.concat(Stream.of("./nestwalk", "run"), arguments.stream()).toList();
        }

        String stream() {
            return arguments.getFirst().replaceFirst("^.*/|:.*", "");
        }
    }

    private static final List<Run> RUNS =
            List.of(
                    new Run(List.of("examples/cc1.nwt"), 0.8, 0),
                    new Run(List.of("examples/cc1.nwt", "--limit", "1M"), 0, 1),
                    new Run(List.of("gups:footprint=256MiB,accesses=1M"), 0, 1),
                    new Run(List.of("zipf:footprint=64MiB,accesses=1M"), 0, 1));

    @Override
    public String name() {
        return "start";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        laboratory.progress().show("start, building");
        laboratory.processes().succeeding(RUNS.getFirst().command());
        List<Line> lines = new ArrayList<>();
        for (Run run : RUNS) {
            lines.addAll(measure(laboratory, run));
        }
        return lines;
    }

    private List<Line> measure(Laboratory laboratory, Run run) {
        List<Double> first = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            for (int start = 0; start < STARTS_PER_ROUND; start++) {
                time(laboratory.processes(), run.command(), first, whole);
            }
        }
        List<Line> lines = new ArrayList<>();
        if (run.first() > 0) {
            Target soon = Target.atMost(run.first(), " s", false);
            lines.add(
                    Line.absolute(
                            "second start to the first line",
                            run.stream(),
                            Pairs.median(first),
                            soon));
        }
        if (run.whole() > 0) {
            Target most = Target.atMost(run.whole(), " s", false);
            lines.add(
                    Line.absolute(
                            "second start, 1 M accesses", run.stream(), Pairs.median(whole), most));
        } else {
            String time = Target.number(Pairs.median(whole)) + " s";
            lines.add(Line.information("  to the whole result", run.stream(), time, "-"));
        }
        return lines;
    }

    private static void time(
            Processes processes, List<String> command, List<Double> first, List<Double> whole) {
        long begin = System.nanoTime();
        try {
            Process process = processes.builder(command).start();
            try (InputStream output = process.getInputStream()) {
                if (output.read() < 0) {
                    throw new IllegalStateException(command + " printed nothing");
                }
                first.add((System.nanoTime() - begin) / 1e9);
                output.readAllBytes();
            }
            whole.add((System.nanoTime() - begin) / 1e9);
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
