package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.AccessInfo;

/// The file of events that the recorder inside QEMU shares with us; `slots.h` describes it.
final class EventSlots implements AutoCloseable {
    /// The most events that a slot has.
    static final int MOST_EVENTS = 4094;

    private static final int WORDS = MOST_EVENTS + 2;
    private static final long BYTES = WORDS * (long) Long.BYTES;
    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long FIRST_EVENT = 2L * Long.BYTES;

    private record Held(int slot, int thread) {}

    /// The events of the slot taken last.
    final long[] events = new long[MOST_EVENTS];

    private final Path path;
    private final RandomAccessFile done;
    private final List<MemorySegment> slots = new ArrayList<>();
    private final Arena memory = Arena.ofShared();
    private @Nullable FileChannel file;
    private int thread;
    private @Nullable Queue<Held> rest;

    /// Of the file at `path`, which the recorder makes, and the pipe `done`, by which it hears
    /// which slots are free again.
    EventSlots(Path path, Path done) {
        this.path = path;
        try {
            // To read, too, so that neither side waits for the other to open it.
            this.done = new RandomAccessFile(done.toFile(), "rw");
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /// Takes the first `count` words of a slot's events to [#events], and gives the slot back.
    void take(int slot, int count) {
        try {
            MemorySegment words = slot(slot);
            MemorySegment.copy(words, WORD, FIRST_EVENT, events, 0, count);
            words.set(WORD, 0, 0);
            done.writeShort(Short.reverseBytes((short) slot));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /// Takes what a thread had no occasion to send, once nobody writes any more: of one thread
    /// after the other, in their order; [#thread] says of which.
    ///
    /// @return how many events, 0 if no thread has any more
    int takeRest() {
        Queue<Held> held = rest == null ? held() : rest;
        rest = held;
        int count = 0;
        while (count == 0 && !held.isEmpty()) {
            Held next = held.remove();
            thread = next.thread();
            MemorySegment words = slot(next.slot());
            MemorySegment.copy(words, WORD, FIRST_EVENT, events, 0, MOST_EVENTS);
            while (count < MOST_EVENTS && events[count] != 0) {
                count++;
            }
        }
        return count;
    }

    /// The thread whose events [#takeRest] took last.
    int thread() {
        return thread;
    }

    private Queue<Held> held() {
        List<Held> held = new ArrayList<>();
        try {
            long bytes = Files.exists(path) ? Files.size(path) : 0;
            for (int slot = 0; (slot + 1) * BYTES <= bytes; slot++) {
                int holder = (int) slot(slot).get(WORD, 0);
                if (holder != 0) {
                    held.add(new Held(slot, holder - 1 & AccessInfo.MAX_THREAD));
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        held.sort(Comparator.comparingInt(Held::thread));
        return new ArrayDeque<>(held);
    }

    private MemorySegment slot(int number) {
        try {
            FileChannel open = file;
            if (open == null) {
                open = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                file = open;
            }
            while (slots.size() <= number) {
                long at = slots.size() * BYTES;
                slots.add(open.map(FileChannel.MapMode.READ_WRITE, at, BYTES, memory));
            }
            return slots.get(number);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputException unreadable(IOException cause) {
        return new InputException(path + ": cannot be read: " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        memory.close();
        try (FileChannel _ = file) {
            done.close();
        } catch (IOException e) {
            // Nothing is left to be read.
        }
    }
}
