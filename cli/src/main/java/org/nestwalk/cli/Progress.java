package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.cli.ProgressOption.Form;
import org.nestwalk.document.json.Json;
import org.nestwalk.lab.progress.Pace;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.progress.ProgressReport;

/// Tells on standard error how far long work is: on one line that is written over and over, or in a
/// line of JSON a few times a second, the last of which says how far it came.
final class Progress implements LongConsumer, AutoCloseable {
    /// What most work is counted in.
    static final String ACCESSES = "accesses";

    private static final long INTERVAL = 500_000_000;

    private final Form form;
    private final PrintWriter err;
    private String unit;
    private String phase;
    private long start = System.nanoTime();
    private long next = start + INTERVAL;
    private int columns;
    private boolean shown;
    private @Nullable ProgressEvent untold;
    private Pace pace = new Pace();

    /// Progress of doing `phase` to so many of `unit`, in the plural, unless events say that.
    ///
    /// @param err standard error
    Progress(Form form, PrintWriter err, String phase, String unit) {
        this.form = form;
        this.err = err;
        this.phase = phase;
        this.unit = unit;
    }

    /// What shows the events of long work in the phase that this names, and ends the work if the
    /// user interrupts it.
    ProgressListener until(Interruption interruption) {
        return event -> {
            show(new ProgressEvent(phase, event.done(), event.total(), unit, event.figures()));
            return !interruption.isRequested();
        };
    }

    /// As [#until], in phases and units that the events name.
    ProgressListener named(Interruption interruption) {
        return event -> {
            show(event);
            return !interruption.isRequested();
        };
    }

    /// `done` are done.
    @Override
    public void accept(long done) {
        show(new ProgressEvent(phase, done, OptionalLong.empty(), unit, Map.of()));
    }

    private synchronized void show(ProgressEvent event) {
        if (form == Form.NONE) {
            return;
        }
        long now = System.nanoTime();
        boolean begins = !event.phase().equals(phase);
        if (begins) {
            tellRest(now);
            // The rate and the time left start afresh.
            phase = event.phase();
            start = now;
            pace = new Pace();
        }
        unit = event.unit();
        untold = event;
        if (now - next >= 0) {
            next = now + INTERVAL;
            tell(event, now);
        }
    }

    private void tell(ProgressEvent event, long now) {
        double seconds = (now - start) / 1e9;
        untold = null;
        ProgressReport report = ProgressReport.of(event, seconds, pace);
        if (form == Form.JSON) {
            err.println(Json.line(report));
        } else {
            if (!shown) {
                columns = Terminal.columns();
                shown = true;
            }
            err.print("\r" + line(report, columns) + "\u001B[K");
        }
        err.flush();
    }

    /// Tells programs how far the phase came.
    private void tellRest(long now) {
        if (form == Form.JSON && untold != null) {
            tell(untold, now);
        }
    }

    /// As much as fits in `columns` columns but one: phase, count, rate, percentage, time left.
    static String line(ProgressReport report, int columns) {
        String phase = report.phase();
        String count = String.format(Locale.ROOT, "%s %,d %s", phase, report.done(), report.unit());
        String rate = rate(report.rate());
        String left = left(report);
        List<String> lines =
                left.isEmpty()
                        ? List.of(count + ", " + rate, count)
                        : List.of(
                                count + ", " + rate + ", " + left,
                                phase + ", " + rate(report.rate(), report.unit()) + ", " + left,
                                phase + ", " + rate + ", " + left,
                                phase + ", " + left,
                                left);
        int room = Math.max(1, columns - 1);
        return lines.stream()
                .filter(line -> line.length() <= room)
                .findFirst()
                .orElse(lines.getLast().substring(0, Math.min(room, lines.getLast().length())));
    }

    private static String rate(double rate) {
        return amount(rate) + " a second";
    }

    private static String rate(double rate, String unit) {
        return amount(rate) + " " + unit + " a second";
    }

    private static String amount(double rate) {
        return rate >= 1e5
                ? String.format(Locale.ROOT, "%.1f million", rate / 1e6)
                : String.format(Locale.ROOT, rate >= 10 ? "%,.0f" : "%.1f", rate);
    }

    private static String left(ProgressReport report) {
        Long total = report.total();
        if (total == null) {
            return "";
        }
        double part = Math.min(1, (double) report.done() / Math.max(1, total));
        String percent = String.format(Locale.ROOT, "%.0f %%", Math.floor(100 * part));
        Double left = report.secondsLeft();
        return left == null ? percent : percent + ", " + time(left) + " left";
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 100) {
            return whole + " s";
        }
        return whole < 6_000
                ? String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %d min", whole / 3600, whole / 60 % 60);
    }

    /// Removes the line, or says how far it came.
    @Override
    public synchronized void close() {
        tellRest(System.nanoTime());
        if (shown) {
            err.print("\r\u001B[K");
            err.flush();
        }
    }
}
