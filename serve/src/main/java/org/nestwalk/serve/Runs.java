package org.nestwalk.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.serve.RunState.Phase;
import org.nestwalk.web.html.ReportPage;

/// Runs experiments one after the other, so that none disturbs what another measures; the others
/// wait in the order in which they came.
final class Runs implements AutoCloseable {
    /// Most runs that are not over: one that runs and those that wait.
    static final int MOST = 10;

    private static final int MOST_KEPT = 100;
    private static final long PATIENCE_SECONDS = 15;

    private final Results results;
    private final Uploads uploads;
    private final Names names;
    private final String version;
    private final Map<Integer, Run> all = new TreeMap<>();
    private final ArrayDeque<Run> waiting = new ArrayDeque<>();
    private final Thread thread = new Thread(this::work, "nestwalk-runs");
    private @Nullable Run running;
    private int made;
    private boolean closed;

    Runs(Results results, Uploads uploads, Names names, String version) {
        this.results = results;
        this.uploads = uploads;
        this.names = names;
        this.version = version;
        thread.setDaemon(true);
        thread.start();
    }

    /// Starts a run, or has it wait.
    ///
    /// @throws Refusal with status 429 if too many wait
    synchronized Run start(Asked<?> asked) {
        int unfinished = waiting.size() + (running == null ? 0 : 1);
        if (unfinished >= MOST) {
            throw new Refusal(
                    429,
                    "%d runs are not over yet; wait for one of them, or cancel one"
                            .formatted(unfinished));
        }
        if (closed) {
            throw new Refusal(503, "the server is about to end");
        }
        List<String> command = new ArrayList<>();
        command.add(names.command(asked.experiment().spec()));
        command.addAll(asked.words());
        made++;
        Run run = new Run(made, asked, command);
        all.put(made, run);
        waiting.add(run);
        tellPlaces();
        forgetOld();
        notifyAll();
        return run;
    }

    private void forgetOld() {
        List<Integer> over =
                all.values().stream().filter(Run::isOver).map(Run::id).sorted().toList();
        over.subList(0, Math.max(0, over.size() - MOST_KEPT)).forEach(all::remove);
    }

    private void tellPlaces() {
        int before = running == null ? 0 : 1;
        for (Run run : waiting) {
            run.waits(before++);
        }
    }

    /// The run of that number.
    ///
    /// @throws Refusal with status 404 if there is none
    synchronized Run find(String id) {
        return all.values().stream()
                .filter(run -> Integer.toString(run.id()).equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "there is no such run; it may be long over"));
    }

    /// All runs that are remembered, the latest first.
    synchronized List<RunState> states() {
        return all.values().stream()
                .sorted(Comparator.comparingInt(Run::id).reversed())
                .map(Run::state)
                .toList();
    }

    /// Ends a run: one that waits at once, the one that runs with what there is so far.
    synchronized void cancel(Run run) {
        run.cancel();
        if (waiting.remove(run)) {
            run.ended(Phase.CANCELLED, "cancelled before it began", null);
            tellPlaces();
        }
    }

    private void work() {
        try {
            for (Run run = next(); run != null; run = next()) {
                run(run);
                // What it had is garbage now; only a whole collection gives it back to the machine.
                System.gc();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Run next() throws InterruptedException {
        running = null;
        tellPlaces();
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        running = waiting.poll();
        tellPlaces();
        return running;
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // where it was started is where defects are read
    private void run(Run run) {
        run.begins();
        try {
            run(run, run.asked());
        } catch (EndedEarly e) {
            run.ended(Phase.CANCELLED, "cancelled: " + e.getMessage(), null);
        } catch (InputException e) {
            Refusal refusal = Asked.refusal(run.asked().experiment().spec(), e, names);
            run.ended(Phase.REFUSED, uploads.named(refusal.sentence()), refusal.parameter());
        } catch (GuestFailure e) {
            run.ended(Phase.FAILED, String.valueOf(e.getMessage()), null);
        } catch (IOException e) {
            run.ended(Phase.FAILED, "the result cannot be kept: " + e.getMessage(), null);
        } catch (UncheckedIOException e) {
            run.ended(
                    Phase.FAILED,
                    e.getCause() instanceof NoSuchFileException missing
                            ? "no such file: " + missing.getFile()
                            : "a file cannot be read or written: " + e.getMessage(),
                    null);
        } catch (OutOfMemoryError e) {
            run.ended(
                    Phase.FAILED,
                    "not enough memory; use a smaller footprint, or start the server with more by"
                            + " NESTWALK_JAVA_OPTS=-Xmx8g",
                    null);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            // A defect: the server lives on, and who started it sees where it is.
            Defects.tell(e);
            run.ended(Phase.FAILED, "a defect of Nestwalk ended it: " + e, null);
        }
    }

    private <R> void run(Run run, Asked<R> asked) throws IOException {
        Experiment<R> experiment = asked.experiment();
        Laboratory laboratory = run.laboratory();
        R result = experiment.run(laboratory, asked.arguments());
        boolean complete = !laboratory.isEnded();
        Written written = experiment.written(asked.arguments(), result, complete, version);
        Experiment.Spec spec = experiment.spec();
        ReportPage page =
                new ReportPage(
                        names.command(spec),
                        spec.question(),
                        written.document(),
                        written.json(),
                        version);
        run.done(
                results.keep(spec.name(), page.text(), written.csv()),
                complete,
                experiment.isFlawless(result)
                        ? null
                        : "something in it did not end as it has to; the report says what");
    }

    /// Cancels all, and waits until what there is so far is kept.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            Stream.concat(waiting.stream(), Stream.ofNullable(running))
                    .toList()
                    .forEach(this::cancel);
            notifyAll();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
