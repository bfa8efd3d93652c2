package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.lab.encryption.ColdWalk;
import org.nestwalk.lab.encryption.EncryptionStory.AttackRow;
import org.nestwalk.lab.encryption.EncryptionStory.InCache;
import org.nestwalk.lab.encryption.EncryptionStory.Result;
import org.nestwalk.lab.encryption.TimingRow;
import org.nestwalk.report.Figures;
import org.nestwalk.report.TextTable;

/// [org.nestwalk.lab.encryption.EncryptionStory] for people.
public final class EncryptionText {
    private EncryptionText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static String of(String machine, Result result) {
        return Figures.format(
                        "Memory encryption, on %s; %,d cycles to memory without it%n%n",
                        machine, result.memoryCycles())
                + cold(result)
                + timing(result)
                + inCache(result.inCache(), result.options().mostAdder())
                + attacks(result)
                + EncryptionConclusion.of(result);
    }

    private static String cold(Result result) {
        int adder = result.options().mostAdder();
        TextTable table = new TextTable().numeric();
        table.row(
                "guest/host",
                "references",
                "cycles",
                "whole memory: more",
                "E",
                "guest key: more",
                "E",
                "overhead");
        for (ColdWalk walk : result.cold()) {
            table.row(
                    walk.pages(),
                    Figures.format("%,d", walk.references()),
                    Figures.format("%,d", walk.cycles()),
                    Figures.format("%,d", walk.wholeMemory()),
                    times(walk.wholeMemory(), adder),
                    Figures.format("%,d", walk.guestKey()),
                    times(walk.guestKey(), adder),
                    Figures.percent((double) walk.wholeMemory() / walk.cycles()));
        }
        return Figures.format(
                        "A walk that no cache serves, E = %,d cycles (bound E/memory: %s):%n%n",
                        adder, Figures.percent((double) adder / result.memoryCycles()))
                + table.text("  ")
                + "\n";
    }

    private static String times(long more, int adder) {
        return adder == 0 ? "-" : Figures.format("%,dE", more / adder);
    }

    /// A line for all adders of a program, since misses do not depend on them.
    private static String timing(Result result) {
        List<Integer> adders = result.options().adders();
        TextTable table = new TextTable().numeric();
        List<String> head = new ArrayList<>();
        head.addAll(
                List.of("program", "pages", "encrypted", "guest tables", "nested tables", "data"));
        adders.forEach(adder -> head.add("E = " + adder));
        head.add("walks");
        head.add("all");
        table.row(head.toArray(String[]::new));
        for (int i = 0; i < result.timing().size(); i += adders.size()) {
            List<TimingRow> rows = result.timing().subList(i, i + adders.size());
            TimingRow first = rows.getFirst();
            List<String> cells = new ArrayList<>();
            cells.add(first.program().replaceFirst(":.*", "").replaceFirst(".*/", ""));
            cells.add(first.pages());
            cells.add(first.scope());
            cells.add(Figures.format("%,d", first.guestTables()));
            cells.add(Figures.format("%,d", first.secondLevelTables()));
            cells.add(Figures.format("%,d", first.data()));
            rows.forEach(row -> cells.add(Figures.format("%,d", row.extra())));
            TimingRow dearest =
                    rows.stream().max(Comparator.comparingInt(TimingRow::adder)).orElseThrow();
            cells.add(Figures.percent(dearest.walkOverhead()));
            cells.add(Figures.percent(dearest.overhead()));
            table.row(cells.toArray(String[]::new));
        }
        return """
        Programs: encrypted references that memory served; for each E, in cycles, how many cycles more
        that is, measured; with the largest, how much longer walks and everything together take:

        """
                + table.text("  ")
                + Figures.format(
                        "%n  cycles more are E times the references in %,d of %,d runs; the bound"
                                + " E/memory is %s%n%n",
                        result.timing().stream()
                                .filter(row -> row.extra() == row.expected())
                                .count(),
                        result.timing().size(),
                        String.join(
                                ", ",
                                adders.stream()
                                        .map(adder ->
                                                Figures.percent(
                                                        (double) adder / result.memoryCycles()))
                                        .toList()));
    }

    private static String inCache(InCache row, int adder) {
        return Figures.format(
                """
                In the caches, E = %2$,d (%1$s, second run):
                %3$,d references of walks, %4$,d of them to memory, %5$,d cycles more.

                """,
                row.program(), adder, row.references(), row.served(), row.extra());
    }

    private static String attacks(Result result) {
        TextTable table = new TextTable();
        List<String> head = new ArrayList<>();
        head.add("what the hypervisor does");
        head.addAll(result.attacks().getFirst().verdicts().keySet());
        table.row(head.toArray(String[]::new));
        for (AttackRow row : result.attacks()) {
            List<String> cells = new ArrayList<>();
            cells.add(row.attack());
            row.verdicts().values().forEach(verdicts -> cells.add(verdict(verdicts)));
            table.row(cells.toArray(String[]::new));
        }
        return Figures.format(
                        "What came of %,d attacks of each kind, by the protection of memory:%n%n",
                        result.options().attacks())
                + table.text("  ")
                + "\n";
    }

    private static String verdict(Map<String, Long> verdicts) {
        return verdicts.size() == 1
                ? verdicts.keySet().iterator().next()
                : verdicts.entrySet().stream()
                        .map(e -> Figures.format("%s %,d", e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
