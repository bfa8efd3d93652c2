package org.nestwalk.cli;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Tells on standard error how far long work is, on one line that is written over and over; says
/// nothing where standard error is no terminal.
final class Progress implements LongConsumer, AutoCloseable {
    private static final long INTERVAL = 500_000_000;
    private static final String UNIT = "accesses";

    private final boolean terminal = Terminal.isStandardError();
    private String unit;
    private String phase;
    private long start = System.nanoTime();
    private long next = start + INTERVAL;
    private int columns;
    private boolean shown;

    /// Progress of which events say what it is.
    Progress() {
        this("", "");
    }

    /// Progress of doing `phase`, such as `recorded`, to accesses.
    Progress(String phase) {
        this(phase, UNIT);
    }

    /// Progress of doing `phase` to so many of `unit`, in the plural.
    Progress(String phase, String unit) {
        this.phase = phase;
        this.unit = unit;
    }

    /// From now on, `what` is done; if that is new, its rate and the time left start afresh.
    synchronized void phase(String what) {
        if (!what.equals(phase)) {
            phase = what;
            start = System.nanoTime();
        }
    }

    /// What shows the events of long work in phases that this names, and ends the work if the user
    /// interrupts it.
    ProgressListener until(Interruption interruption) {
        return event -> {
            accept(event.done(), event.total());
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

    private synchronized void show(ProgressEvent event) {
        unit = event.unit();
        phase(event.phase());
        accept(event.done(), event.total());
    }

    /// `done` are done.
    @Override
    public void accept(long done) {
        accept(done, OptionalLong.empty());
    }

    /// `done` are done of `total`.
    synchronized void accept(long done, OptionalLong total) {
        long now = System.nanoTime();
        if (!terminal || now - next < 0) {
            return;
        }
        next = now + INTERVAL;
        if (!shown) {
            columns = Terminal.columns();
            shown = true;
        }
        System.err.print(
                "\r" + line(phase, unit, done, total, (now - start) / 1e9, columns) + "\u001B[K");
        System.err.flush();
    }

    /// As much as fits in `columns` columns but one: phase, count, rate, percentage, time left.
    static String line(
            String phase, String unit, long done, OptionalLong total, double seconds, int columns) {
        String count = String.format(Locale.ROOT, "%s %,d %s", phase, done, unit);
        String rate = rate(seconds > 0 ? done / seconds : 0);
        String left = total.isPresent() ? left(done, total.getAsLong(), seconds) : "";
        List<String> lines =
                left.isEmpty()
                        ? List.of(count + ", " + rate, count)
                        : List.of(
                                count + ", " + rate + ", " + left,
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
        return rate >= 1e5
                ? String.format(Locale.ROOT, "%.1f million a second", rate / 1e6)
                : String.format(Locale.ROOT, rate >= 10 ? "%,.0f a second" : "%.1f a second", rate);
    }

    private static String left(long done, long total, double seconds) {
        double part = Math.min(1, (double) done / Math.max(1, total));
        String percent = String.format(Locale.ROOT, "%.0f %%", Math.floor(100 * part));
        return part == 0 ? percent : percent + ", " + time(seconds * (1 - part) / part) + " left";
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

    /// Removes the line.
    @Override
    public synchronized void close() {
        if (shown) {
            System.err.print("\r\u001B[K");
            System.err.flush();
        }
    }
}
