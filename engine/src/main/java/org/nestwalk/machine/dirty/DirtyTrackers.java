package org.nestwalk.machine.dirty;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.nestwalk.machine.DeviceWrites;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.memory.PageSet;

/// Everyone who wants to know which pages of one virtual machine are written. What the machine
/// itself finds is kept for all who use one of its own sources, because finding forgets: a flag
/// that was cleared for one is cleared for all.
public final class DirtyTrackers {
    private final Hardware hardware;
    private final Consumer<Runnable> exclusively;
    private final List<Tracker> trackers = new CopyOnWriteArrayList<>();
    private final List<DeviceWrites> devices = new CopyOnWriteArrayList<>();
    private final Map<DirtySource, Integer> uses = new EnumMap<>(DirtySource.class);

    /// What a machine has of its own to find written pages with. Called while no CPU is in the
    /// guest.
    public interface Hardware {
        /// Begins to use a source. What was written before need not be found.
        ///
        /// @throws UnsupportedOperationException if there is no such source
        void begin(DirtySource source);

        /// Ends that.
        void end(DirtySource source);

        /// Reports all pages written since they were last forgotten, by [DirtyTrackers#found], as
        /// far as the sources in use find them.
        ///
        /// @param forget whether pages are to be found again only when they are written again; a
        ///   source that cannot look without forgetting forgets always
        void fetch(boolean forget);
    }

    /// No trackers.
    ///
    /// @param exclusively runs work while no CPU of the machine is in its guest
    public DirtyTrackers(Hardware hardware, Consumer<Runnable> exclusively) {
        this.hardware = hardware;
        this.exclusively = exclusively;
    }

    /// Whether nobody tracks.
    public boolean isEmpty() {
        return trackers.isEmpty();
    }

    /// Starts tracking by a source of the machine's own.
    ///
    /// @throws UnsupportedOperationException if there is no such source
    public DirtyPages open(DirtySource source) {
        Found tracker = new Found(source);
        exclusively.accept(() -> {
            if (uses.merge(source, 1, Integer::sum) == 1) {
                begin(source);
            }
            hardware.fetch(true);
            fetchFromDevices();
            trackers.add(tracker);
        });
        return tracker;
    }

    private void begin(DirtySource source) {
        try {
            hardware.begin(source);
        } catch (UnsupportedOperationException e) {
            uses.remove(source);
            throw e;
        }
    }

    /// Adds who finds what devices write.
    public void add(DeviceWrites writes) {
        devices.add(writes);
    }

    /// Takes that back.
    public void remove(DeviceWrites writes) {
        devices.remove(writes);
    }

    /// Has all trackers learn what devices have written.
    void fetchFromDevices() {
        devices.forEach(writes -> writes.collect(this::written));
    }

    /// Adds a tracker that finds by itself what the guest writes.
    void add(Tracker tracker) {
        trackers.add(tracker);
    }

    void remove(Tracker tracker) {
        trackers.remove(tracker);
    }

    /// Software outside the guest has written to a range: all trackers learn of it.
    public void written(long gpa, long bytes) {
        trackers.forEach(tracker -> tracker.mark(gpa, bytes));
    }

    /// The machine has found a range written.
    public void found(long gpa, long bytes) {
        for (Tracker tracker : trackers) {
            if (tracker instanceof Found own) {
                own.mark(gpa, bytes);
            }
        }
    }

    /// Keeps what has been found for one who wants to know.
    interface Tracker {
        /// Pages of a range were written.
        void mark(long gpa, long bytes);
    }

    private final class Found implements DirtyPages, Tracker {
        private final DirtySource source;
        private final PageSet pages = new PageSet();
        private boolean closed;

        Found(DirtySource source) {
            this.source = source;
        }

        @Override
        public void mark(long gpa, long bytes) {
            pages.add(gpa, bytes);
        }

        @Override
        public void collect(PageSet into) {
            exclusively.accept(() -> {
                hardware.fetch(true);
                fetchFromDevices();
                into.addAll(pages);
                pages.clear();
            });
        }

        @Override
        public void peek(PageSet into) {
            exclusively.accept(() -> {
                hardware.fetch(false);
                fetchFromDevices();
                into.addAll(pages);
            });
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                exclusively.accept(this::end);
            }
        }

        private void end() {
            hardware.fetch(true);
            trackers.remove(this);
            if (uses.merge(source, -1, Integer::sum) == 0) {
                uses.remove(source);
                hardware.end(source);
            }
        }
    }
}
