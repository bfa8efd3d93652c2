package org.nestwalk.lab.labs.vm;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.share;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.vm.VmResult;

/// Tables of programs in virtual machines, on whatever machine.
final class VmTables {
    private static final int MOST_TASKS = 12;

    private VmTables() {}

    /// All of them, or of many only those that are flawed, and how many are not.
    static void tasks(Document document, List<TaskReport> tasks) {
        boolean few = tasks.size() <= MOST_TASKS;
        List<TaskReport> shown = tasks.stream().filter(task -> few || task.isWrong()).toList();
        Table table =
                new Table(
                        Column.label("task"),
                        Column.number("CPU"),
                        Column.number("accesses"),
                        Column.text("checksum"),
                        Column.text("outcome"));
        for (TaskReport task : shown.subList(0, Math.min(shown.size(), MOST_TASKS))) {
            table.row(
                    Cell.text(task.program()),
                    Cell.number("%d", task.cpu()),
                    Cell.number("%,d", task.accesses()),
                    task.checksum() == null ? Cell.none() : Cell.text(task.checksum()),
                    Cell.text(ending(task)));
        }
        document.table(table);
        if (!few) {
            document.paragraph(tally(tasks));
        }
    }

    /// What ran but is not counted, and what else to know of what ran.
    static List<String> leftOut(long warmup, List<String> warnings) {
        List<String> lines = new ArrayList<>();
        if (warmup > 0) {
            lines.add(
                    format(
                            "not counted, but for tasks and pages: the first %s of each virtual"
                                    + " CPU",
                            counted(warmup, "access")));
        }
        lines.addAll(warnings);
        return lines;
    }

    private static String tally(List<TaskReport> tasks) {
        StringJoiner text = new StringJoiner(", ", tasks.size() + " tasks: ", "");
        for (TaskReport.Outcome outcome : TaskReport.Outcome.values()) {
            long count = tasks.stream().filter(task -> task.outcome() == outcome).count();
            if (count > 0) {
                text.add(format("%,d %s", count, outcome));
            }
        }
        return text.toString();
    }

    private static String ending(TaskReport task) {
        return switch (task.outcome()) {
            case VERIFIED -> "verified";
            case WRONG -> "NOT VERIFIED: it has to be " + task.expected();
            case FAILED -> "FAILED: " + task.failure();
            case UNCHECKED -> "not checked";
        };
    }

    /// A line for each reason.
    static Table exits(List<ExitReport> exits) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("exits"));
        columns.add(Column.number("count"));
        columns.add(Column.number("cycles"));
        for (String latency : List.of("latency, cycles", "latency, ns")) {
            for (String percentile : List.of("median", "p90", "p99", "max")) {
                columns.add(Column.number(percentile).of(latency));
            }
        }
        Table table = new Table(columns);
        for (ExitReport exit : exits) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.text(exit.reason()));
            cells.add(Cell.number("%,d", exit.count()));
            cells.add(Cell.number("%,d", exit.cycles()));
            addPercentiles(cells, exit.latencyCycles());
            addPercentiles(cells, exit.latencyNanoseconds());
            table.cells(cells);
        }
        return table;
    }

    private static void addPercentiles(List<Cell> cells, VmResult.Percentiles latency) {
        for (long value :
                new long[] {latency.median(), latency.p90(), latency.p99(), latency.max()}) {
            cells.add(Cell.number("%,d", value));
        }
    }

    /// What cycles were spent on.
    static Table cycles(CycleReport cycles) {
        Table table =
                new Table(
                        Column.label("spent on"), Column.number("cycles"), Column.number("share"));
        if (cycles.accesses() > 0) {
            addCycles(table, "accesses", cycles.accesses(), cycles.total());
        }
        addCycles(table, "data in caches and memory", cycles.data(), cycles.total());
        addCycles(table, "translation", cycles.translation(), cycles.total());
        cycles.software().forEach((name, spent) -> addCycles(table, name, spent, cycles.total()));
        cycles.background()
                .forEach((name, spent) ->
                        addCycles(table, name + ", in background", spent, cycles.total()));
        addCycles(table, "all", cycles.total(), cycles.total());
        return table;
    }

    private static void addCycles(Table table, String name, long cycles, long total) {
        table.row(
                Cell.text(name),
                Cell.number("%,d", cycles),
                total == 0 ? Cell.none() : Cell.percent((double) cycles / total));
    }

    /// A pace beside Linux's.
    static String times(double factor) {
        String text = Double.toString(factor);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text)
                + " times Linux's pace";
    }

    /// Pages by size, and the page faults that made them.
    static void pages(Document document, PageReport pages, VmResult.Guest guest) {
        Table table =
                new Table(
                        Column.label("pages at the guest's most"),
                        Column.number("4K"),
                        Column.number("2M"));
        table.row(
                Cell.text("guest maps"),
                Cell.bytes(pages.guestSmall()),
                Cell.bytes(pages.guestLarge()));
        addBacking(table, pages.hostSmall(), pages.hostLarge());
        Long both = pages.guestLargeOnLarge();
        document.table(table);
        List<String> lines = new ArrayList<>();
        if (both != null && pages.guestLarge() != 0) {
            lines.add(
                    format(
                            "of the guest's 2M pages, %s are on 2M pages of the host",
                            share(both, pages.guestLarge())));
        }
        lines.add(
                format(
                        "%,d page fault{s}: %,d first touch{es} took 4K, %,d 2M (%,d more found"
                                + " none free); %,d collapsed, %,d copied",
                        guest.pageFaults(),
                        guest.smallTouches(),
                        guest.largeTouches(),
                        guest.largeFallbacks(),
                        guest.collapses(),
                        guest.copies()));
        document.lines(lines);
    }

    private static void addBacking(Table table, @Nullable Long small, @Nullable Long large) {
        if (small != null && large != null) {
            table.row(Cell.text("host backs with"), Cell.bytes(small), Cell.bytes(large));
        }
    }
}
