package org.nestwalk.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.progress.LivePages;
import org.nestwalk.lab.progress.Pace;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.progress.ProgressReport;
import org.nestwalk.serve.RunState.Phase;
import org.nestwalk.web.html.HtmlRenderer;

/// An experiment that was started: it waits, runs and ends, while any number of pages watch.
final class Run {
    private static final long INTERVAL_NANOSECONDS = 100_000_000;
    private static final int MOST_PHASES = 64;
    private static final long LEAST_BETWEEN = 300_000_000;
    private static final long RUN_TO_MAP = 10;

    private final int id;
    private final Asked<?> asked;
    private final List<String> command;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ProgressReport> done = new ArrayList<>();
    private Phase phase = Phase.WAITING;
    private long version;
    private int place;
    private @Nullable ProgressReport progress;
    private @Nullable String message;
    private @Nullable String parameter;
    private @Nullable String result;
    private @Nullable Boolean complete;
    private Pace pace = new Pace();
    private long began;
    private long told;
    private RunState.@Nullable Live live;
    private byte[] cells = new byte[0];
    private int charts;
    private String drawn = "";
    private volatile long nextPicture = System.nanoTime();
    private volatile long wanted;
    private final AtomicInteger watchers = new AtomicInteger();
    private volatile boolean cancelled;

    /// @param command the words of a command line that runs the same
    Run(int id, Asked<?> asked, List<String> command) {
        this.id = id;
        this.asked = asked;
        this.command = List.copyOf(command);
    }

    int id() {
        return id;
    }

    Asked<?> asked() {
        return asked;
    }

    /// Its end is asked for; it keeps what there is so far.
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// Where it runs.
    Laboratory laboratory() {
        return Laboratory.watchedBy(
                new ProgressListener() {
                    @Override
                    public boolean update(ProgressEvent event) {
                        tell(event);
                        return !cancelled;
                    }

                    @Override
                    public boolean wantsPages() {
                        return isPictureDue();
                    }

                    @Override
                    public void see(LivePages seen) {
                        keep(seen);
                    }

                    @Override
                    public boolean wantsCharts() {
                        return isPictureDue();
                    }

                    @Override
                    public void see(Document seen) {
                        keep(seen);
                    }
                });
    }

    /// Somebody watches from now on, or not any more.
    void watched(boolean begins) {
        watchers.addAndGet(begins ? 1 : -1);
    }

    /// A few times a second while somebody watches, and no more often than leaves most of the time
    /// to the run: a map of a million pages can take long to make.
    private boolean isPictureDue() {
        long now = System.nanoTime();
        boolean due = watchers.get() > 0 && now - nextPicture >= 0;
        if (due) {
            wanted = now;
        }
        return due;
    }

    private void keep(Document seen) {
        String html = HtmlRenderer.html(seen);
        change(() -> {
            charts++;
            drawn = html;
        });
        pictureMade();
    }

    /// The charts that [#state] tells of, as parts of a page.
    String charts() {
        lock.lock();
        try {
            return drawn;
        } finally {
            lock.unlock();
        }
    }

    private void pictureMade() {
        long now = System.nanoTime();
        nextPicture = now + Math.max(LEAST_BETWEEN, RUN_TO_MAP * (now - wanted));
    }

    private void keep(LivePages seen) {
        RunState.Live next = RunState.Live.of(live == null ? 1 : live.number() + 1, seen);
        change(() -> {
            live = next;
            cells = seen.cells();
        });
        pictureMade();
    }

    /// The map of the pages that [#state] tells of: a byte a cell.
    byte[] cells() {
        lock.lock();
        try {
            return cells;
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// It waits behind `before` others.
    void waits(int before) {
        if (place != before + 1) {
            change(() -> place = before + 1);
        }
    }

    /// It begins.
    void begins() {
        change(() -> phase = Phase.RUNNING);
    }

    private void tell(ProgressEvent event) {
        long now = System.nanoTime();
        lock.lock();
        try {
            boolean begins = progress == null || !progress.phase().equals(event.phase());
            if (!begins && now - told < INTERVAL_NANOSECONDS) {
                return;
            }
            if (begins) {
                if (progress != null && done.size() < MOST_PHASES) {
                    done.add(progress);
                }
                began = now;
                pace = new Pace();
            }
            told = now;
            progress = ProgressReport.of(event, (now - began) / 1e9, pace);
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// It ended with a result.
    ///
    /// @param kept what pages call that
    /// @param whole whether it came to its end
    /// @param said what is to be said of it; null for nothing
    void done(String kept, boolean whole, @Nullable String said) {
        change(() -> {
            phase = Phase.DONE;
            drawn = "";
            cells = new byte[0];
            result = kept;
            complete = whole;
            message = said;
        });
    }

    /// It ended without one.
    ///
    /// @param how it ended
    /// @param said why
    /// @param value the parameter whose value is the reason; null for none
    void ended(Phase how, String said, @Nullable String value) {
        change(() -> {
            phase = how;
            drawn = "";
            cells = new byte[0];
            message = said;
            parameter = value;
        });
    }

    /// How far it is.
    RunState state() {
        lock.lock();
        try {
            return new RunState(
                    id,
                    asked.experiment().spec().name(),
                    command,
                    phase,
                    phase == Phase.WAITING ? (Integer) place : null,
                    progress,
                    done,
                    live,
                    charts == 0 ? null : (Integer) charts,
                    message,
                    parameter,
                    result,
                    complete);
        } finally {
            lock.unlock();
        }
    }

    /// The number of changes so far.
    long version() {
        lock.lock();
        try {
            return version;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there are more changes than `seen`, or for so many milliseconds.
    void await(long seen, long milliseconds) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
            while (version == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether it changes no more.
    boolean isOver() {
        lock.lock();
        try {
            return phase.isLast();
        } finally {
            lock.unlock();
        }
    }
}
