package org.nestwalk.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `./nestwalk run` on a drmemtrace file of 100 M data accesses under TLBs alone, from start to
/// end, against the rate that DynamoRIO's TLB simulator has on such a file. That one computes the
/// same, and is not run here: its rates were measured on the reference host, over 20 M accesses, in
/// million data accesses a second of processor time.
///
/// @param stream of `yardstick/gen.cc`
/// @param withFetches DynamoRIO's rate where each access has an instruction of its own
/// @param dataOnly its rate where there are no instructions
record PeerRow(String stream, double withFetches, double dataOnly) implements Row {
    private static final int MILLIONS = 100;
    private static final double TIMES = 4;

    /// What the shell's `times` says of the processes that it waited for, which is its second line.
    private static final Pattern CHILDREN =
            Pattern.compile("\\n(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s\\s*$");

    @Override
    public String name() {
        return "peer-" + stream;
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        return List.of(
                measure(laboratory, "instructions and data", "d", withFetches),
                measure(laboratory, "data only", "dD", dataOnly));
    }

    private Line measure(Laboratory laboratory, String what, String format, double peer) {
        String work = "drmemtrace, %s / DynamoRIO".formatted(what);
        Target target = Target.rate(TIMES * peer);
        if (!laboratory.yardstick().isPresent()) {
            return Line.missing(work, stream, "", target, "needs a C++ compiler");
        }
        laboratory.progress().show(name() + ", building and writing a trace");
        laboratory.processes().succeeding(List.of("./nestwalk", "--version"));
        Path trace = laboratory.yardstick().drmemtrace(stream, MILLIONS * 1_000_000, format);
        try {
            List<Double> rates = new ArrayList<>();
            for (int round = 0; round < laboratory.rounds(); round++) {
                laboratory.progress().show(name(), round, laboratory.rounds());
                rates.add(MILLIONS / seconds(laboratory.processes(), trace));
            }
            return Line.scaled(
                    work, stream, Pairs.median(rates), target, laboratory.yardstick().factor());
        } finally {
            delete(trace);
        }
    }

    /// Seconds of processor time of one run, all its processes and threads included.
    private static double seconds(Processes processes, Path trace) {
        String run =
                "./nestwalk run '"
                        + trace
                        + "' --format drmemtrace --machine yardstick --setups tlb:4K --threads 1"
                        + " > /dev/null && times";
        String output = processes.succeeding(List.of("sh", "-c", run));
        Matcher times = CHILDREN.matcher("\n" + output.strip());
        if (!times.find()) {
            throw new IllegalStateException("the shell's times are " + output);
        }
        return 60 * (number(times, 1) + number(times, 3)) + number(times, 2) + number(times, 4);
    }

    private static double number(Matcher times, int group) {
        return Double.parseDouble(times.group(group));
    }

    /// A file of gigabytes is made in seconds, and not kept.
    private static void delete(Path trace) {
        try {
            Files.delete(trace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
