package org.nestwalk.iommu.queue;

import org.nestwalk.InputException;
import org.nestwalk.iommu.queue.InvalidationQueue.Fault;
import org.nestwalk.memory.PhysicalMemory;

/// Software's side of the invalidation queue: writes descriptors, and waits for what they do.
public final class QueueSoftware {
    /// Descriptors that a page has place for.
    public static final int ENTRIES = 256;

    private static final int STATUS_MASK = 0x7fff_ffff;

    private final InvalidationQueue queue;
    private final PhysicalMemory memory;
    private final long base;
    private final long status;
    private final Runnable pass;
    private int sequence;
    private long submitted;

    /// Places the queue.
    ///
    /// @param memory through which the unit sees what is written
    /// @param base the queue's page
    /// @param status a page where waits are answered
    /// @param pass lets time pass for the unit and all else
    public QueueSoftware(
            InvalidationQueue queue, PhysicalMemory memory, long base, long status, Runnable pass) {
        this.queue = queue;
        this.memory = memory;
        this.base = base;
        this.status = status;
        this.pass = pass;
        queue.place(base, ENTRIES);
    }

    /// Writes a descriptor, when there is place for it.
    ///
    /// @throws InputException if the queue stands because of an error
    public void submit(Descriptor descriptor) {
        while ((queue.tail() + 1) % ENTRIES == queue.head()) {
            requireRunning();
            pass.run();
        }
        requireRunning();
        long at = base + (long) queue.tail() * Descriptor.BYTES;
        memory.write(at, descriptor.low());
        memory.write(at + 8, descriptor.high());
        submitted++;
        queue.setTail(queue.tail() + 1);
    }

    /// Submits a fence. Returns what [#isDone] knows it by.
    public int fence() {
        sequence = sequence + 1 & STATUS_MASK;
        submit(Descriptor.fence(sequence, status));
        return sequence;
    }

    /// Whether the fence of that number has been passed.
    public boolean isDone(int fence) {
        return (int) memory.read(status) - fence >= 0;
    }

    /// Lets time pass until the fence of that number has been passed.
    ///
    /// @throws InputException if the queue stands because of an error
    public void await(int fence) {
        while (!isDone(fence)) {
            requireRunning();
            pass.run();
        }
    }

    /// Descriptors written so far.
    public long submitted() {
        return submitted;
    }

    private void requireRunning() {
        if (queue.error() == Fault.DESCRIPTOR) {
            throw new InputException(
                    "the invalidation queue stands: descriptor %d is malformed; clear the error, which skips it"
                            .formatted(queue.head()));
        }
        if (queue.error() == Fault.TIME_OUT) {
            throw new InputException(
                    "the invalidation queue stands: a device does not answer; reset it and clear"
                            + " the error");
        }
    }
}
