package org.nestwalk.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nestwalk.document.Document;
import org.nestwalk.lab.progress.LivePages;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Where an experiment runs: somebody watches how far it is, and may end it.
public final class Laboratory {
    private final ProgressListener listener;
    private volatile boolean ended;

    private Laboratory(ProgressListener listener) {
        this.listener = listener;
    }

    /// With somebody who watches.
    public static Laboratory watchedBy(ProgressListener listener) {
        return new Laboratory(listener);
    }

    /// With nobody who watches.
    public static Laboratory unwatched() {
        return new Laboratory(ProgressListener.NONE);
    }

    /// What work tells how far it is; false if it is to end with what there is so far.
    public ProgressListener progress() {
        return new ProgressListener() {
            @Override
            public boolean update(ProgressEvent event) {
                if (!listener.update(event)) {
                    ended = true;
                }
                return !ended;
            }

            @Override
            public boolean wantsPages() {
                return listener.wantsPages();
            }

            @Override
            public void see(LivePages pages) {
                listener.see(pages);
            }

            @Override
            public boolean wantsCharts() {
                return listener.wantsCharts();
            }

            @Override
            public void see(Document charts) {
                listener.see(charts);
            }
        };
    }

    /// Adds up the progress of `parts` parts.
    public Meter meter(int parts) {
        return new Meter(progress(), parts);
    }

    /// Whether the observer has ended the work. What ran then is not complete.
    public boolean isEnded() {
        return ended;
    }

    /// Does parts of the work in order, each of which is told how to report its progress, until all
    /// are done or the work is ended. The part that is under way then is left out; it may end with
    /// [EndedEarly].
    ///
    /// @return what came of those that are complete, in order, at least one
    /// @throws EndedEarly if that is none
    public <T> List<T> inOrder(List<? extends Function<Meter, ? extends T>> parts) {
        return sideBySide(1, parts);
    }

    /// The same, where it is known how much all parts have to do together.
    ///
    /// @param work of all, in the unit of their progress
    /// @throws EndedEarly if none is complete
    public <T> List<T> inOrder(long work, List<? extends Function<Meter, ? extends T>> parts) {
        Meter meter = meter(1);
        meter.begin(work);
        return sideBySide(1, meter, parts);
    }

    /// Does parts of the work as [#inOrder] does, but on several threads.
    public <T> List<T> sideBySide(int threads, List<? extends Function<Meter, ? extends T>> parts) {
        return sideBySide(threads, meter(parts.size()), parts);
    }

    private <T> List<T> sideBySide(
            int threads, Meter meter, List<? extends Function<Meter, ? extends T>> parts) {
        List<Supplier<Optional<T>>> work = new ArrayList<>();
        for (Function<Meter, ? extends T> part : parts) {
            work.add(() -> complete(part, meter));
        }
        List<T> complete = new ArrayList<>();
        for (Optional<T> one : Threads.all(work, threads)) {
            one.ifPresent(complete::add);
        }
        if (complete.isEmpty()) {
            throw new EndedEarly();
        }
        return complete;
    }

    private <T> Optional<T> complete(Function<Meter, ? extends T> part, Meter meter) {
        if (ended) {
            return Optional.empty();
        }
        try {
            T result = part.apply(meter);
            return ended ? Optional.empty() : Optional.of(result);
        } catch (EndedEarly e) {
            return Optional.empty();
        }
    }
}
