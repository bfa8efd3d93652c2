package org.nestwalk.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// How long `./nestwalk run` takes to its first line, and to its last, on the clock on the wall. It
/// has been started before, so that it is built and the files are in the kernel's cache.
record StartRow() implements Row {
    private static final List<String> COMMAND = List.of("./nestwalk", "run", "examples/cc1.nwt");
    private static final int STARTS_PER_ROUND = 3;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        laboratory.progress().show("start, building");
        laboratory.processes().succeeding(COMMAND);
        List<Double> first = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name(), round, laboratory.rounds());
            for (int start = 0; start < STARTS_PER_ROUND; start++) {
                time(laboratory.processes(), first, whole);
            }
        }
        return List.of(
                Line.absolute(
                        "second start to the first line",
                        "cc1.nwt",
                        Pairs.median(first),
                        Target.atMost(0.8, " s", false)),
                Line.information(
                        "  to the whole result",
                        "cc1.nwt",
                        Target.number(Pairs.median(whole)) + " s",
                        "-"));
    }

    private static void time(Processes processes, List<Double> first, List<Double> whole) {
        long begin = System.nanoTime();
        try {
            Process process = processes.builder(COMMAND).start();
            try (InputStream output = process.getInputStream()) {
                if (output.read() < 0) {
                    throw new IllegalStateException(COMMAND + " printed nothing");
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
