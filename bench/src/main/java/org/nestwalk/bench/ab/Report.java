package org.nestwalk.bench.ab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Prints what `bench/ab` measured as a table.
final class Report {
    private Report() {}

    /// Reads the file `args[0]`, whose lines are `BENCHMARK A|B RATE CHECKSUM`.
    public static void main(String[] args) throws IOException {
        Map<String, PairedRates> benchmarks = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] fields = line.split(" ", -1);
            benchmarks
                    .computeIfAbsent(fields[0], name -> new PairedRates())
                    .add(fields[1].equals("A"), Double.parseDouble(fields[2]), fields[3]);
        }
        System.out.printf(
                "%-14s%9s %9s %8s   %-15s %8s  verdict on B%n",
                "", "A", "B", "B / A", "95 % interval", "p");
        benchmarks.forEach((name, rates) -> System.out.printf("%-14s%s%n", name, rates.row()));
        System.out.println();
        System.out.println(
                """
                A, B: medians of the rounds, million accesses a second of processor time. B / A: Hodges-Lehmann
                estimate of paired ratios. p: exact two-sided Wilcoxon signed-rank test; of twenty benchmarks on
                which nothing changed, one shows a difference by chance.\
                """);
        benchmarks.forEach((name, rates) -> {
            if (!rates.isSameWork()) {
                System.out.println(name + ": the revisions computed different results.");
            }
        });
    }
}
