package org.nestwalk.report.vm;

import static org.nestwalk.report.Figures.bytes;
import static org.nestwalk.report.Figures.format;
import static org.nestwalk.report.Figures.share;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.report.TextTable;

/// Parts of what is said about programs in virtual machines, on whatever machine.
final class TextParts {
    /// What lines of parts begin with.
    static final String INDENT = "  ";

    private static final int MOST_TASKS = 12;

    private TextParts() {}

    /// All of them, or of many only those that are flawed, and how many are not.
    static String tasks(List<TaskReport> tasks) {
        boolean few = tasks.size() <= MOST_TASKS;
        List<TaskReport> shown = tasks.stream().filter(task -> few || task.isWrong()).toList();
        TextTable table = new TextTable().row("task", "CPU", "accesses", "checksum");
        for (TaskReport task : shown.subList(0, Math.min(shown.size(), MOST_TASKS))) {
            table.row(
                    task.program(),
                    Integer.toString(task.cpu()),
                    format("%,d", task.accesses()),
                    task.checksum() == null ? "-" : task.checksum(),
                    ending(task));
        }
        return few
                ? table.text(INDENT)
                : (shown.isEmpty() ? "" : table.text(INDENT)) + tally(tasks);
    }

    /// What ran but is not counted, and what did not run at all.
    static String leftOut(long warmup, long nonCanonical) {
        return (warmup == 0
                        ? ""
                        : format(
                                "not counted, but for tasks and pages: the first %,d accesses of"
                                        + " each virtual CPU%n",
                                warmup))
                + (nonCanonical == 0
                        ? ""
                        : format(
                                "%,d accesses to non-canonical addresses were left out%n",
                                nonCanonical));
    }

    private static String tally(List<TaskReport> tasks) {
        StringJoiner text = new StringJoiner(", ", INDENT + tasks.size() + " tasks: ", "\n");
        for (TaskReport.Outcome outcome : TaskReport.Outcome.values()) {
            long count = tasks.stream().filter(task -> task.outcome() == outcome).count();
            if (count > 0) {
                text.add(format("%,d %s", count, outcome.label()));
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
    static String exits(List<ExitReport> exits) {
        TextTable table = new TextTable().numeric();
        table.row(
                "exits",
                "count",
                "cycles",
                "median",
                "p90",
                "p99",
                "max",
                "median ns",
                "p90",
                "p99",
                "max");
        for (ExitReport exit : exits) {
            List<String> cells = new ArrayList<>();
            cells.add(exit.reason());
            cells.add(format("%,d", exit.count()));
            cells.add(format("%,d", exit.cycles()));
            addPercentiles(cells, exit.latencyCycles());
            addPercentiles(cells, exit.latencyNanoseconds());
            table.row(cells.toArray(String[]::new));
        }
        return table.text(INDENT);
    }

    private static void addPercentiles(List<String> cells, VmResult.Percentiles latency) {
        for (long value :
                new long[] {latency.median(), latency.p90(), latency.p99(), latency.max()}) {
            cells.add(format("%,d", value));
        }
    }

    /// A pace beside Linux's.
    static String times(double factor) {
        String text = Double.toString(factor);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text)
                + " times Linux's pace";
    }

    /// Pages by size, and the page faults that made them.
    static String pages(PageReport pages, VmResult.Guest guest) {
        TextTable table = new TextTable().numeric().row("pages at the guest's most", "4K", "2M");
        table.row("guest maps", bytes(pages.guestSmall()), bytes(pages.guestLarge()));
        addBacking(table, pages.hostSmall(), pages.hostLarge());
        Long both = pages.guestLargeOnLarge();
        String aligned =
                both == null || pages.guestLarge() == 0
                        ? ""
                        : format(
                                "%sof the guest's 2M pages, %s are on 2M pages of the host%n",
                                INDENT, share(both, pages.guestLarge()));
        return table.text(INDENT)
                + aligned
                + format(
                        "%s%,d page faults: %,d first touches took 4K, %,d 2M (%,d more found none"
                                + " free); %,d collapsed, %,d copied%n",
                        INDENT,
                        guest.pageFaults(),
                        guest.smallTouches(),
                        guest.largeTouches(),
                        guest.largeFallbacks(),
                        guest.collapses(),
                        guest.copies());
    }

    private static void addBacking(TextTable table, @Nullable Long small, @Nullable Long large) {
        if (small != null && large != null) {
            table.row("host backs with", bytes(small), bytes(large));
        }
    }
}
