package org.nestwalk.iommu.queue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.nestwalk.memory.PhysicalMemory;

/// The invalidation queue as the unit works on it: software writes [Descriptor]s behind the tail,
/// the unit takes them from the head, one a [step][#step]. The queue is empty if head and tail are
/// the same, and full with one place free.
///
/// A descriptor that there is not, or with reserved bits, stops the queue (IQE); so does a device
/// that does not answer (ITE). Software clears that and goes on. Source: VT-d specification,
/// sections 6.5.2 and 6.5.2.11.
public final class InvalidationQueue {
    /// Larger ranges of pages are taken as the whole domain: a unit may forget more than it has to.
    private static final int MOST_ORDER = 9;

    private static final long PAGE = 4096;

    private final PhysicalMemory memory;
    private final Target target;
    private final int patience;
    private final List<Descriptor> waits = new ArrayList<>();
    private long base;
    private int entries = 1;
    private int head;
    private int tail;
    private int polls;
    private Fault error = Fault.NONE;
    private long executed;

    /// Why the queue stands.
    public enum Fault {
        /// It does not.
        NONE,
        /// A descriptor is malformed (IQE).
        DESCRIPTOR,
        /// A device does not answer (ITE).
        TIME_OUT
    }

    /// What descriptors are done to.
    public interface Target {
        /// Forgets all context entries, and PASID entries with them.
        void contexts();

        /// Forgets those of a domain.
        void contexts(int domain);

        /// Forgets that of a device.
        ///
        /// @param mask bits of `source` that do not matter
        void context(int domain, int source, int mask);

        /// Forgets a PASID entry.
        void pasid(int domain, int pasid);

        /// Forgets all translations.
        void translations();

        /// Forgets those of a domain.
        void translations(int domain);

        /// Forgets those of pages.
        void pages(int domain, long address, long bytes, boolean structures);

        /// Forgets those of a PASID.
        void pasidTranslations(int domain, int pasid);

        /// Forgets those of pages of a PASID.
        void pasidPages(int domain, int pasid, long address, long bytes, boolean structures);

        /// Has reads and writes that are on their way arrive.
        void drain();

        /// Has a device forget; false if there is none.
        boolean device(int source, int pasid, long address, long bytes);

        /// Whether devices have answered all of that.
        boolean areDevicesDone();

        /// Answers a page request.
        void respond(int source, int group, boolean success);
    }

    /// A queue without place for anything.
    public InvalidationQueue(PhysicalMemory memory, Target target, int patience) {
        this.memory = memory;
        this.target = target;
        this.patience = patience;
    }

    /// Has the queue lie at `base`, a multiple of 4096, with place for `entries` descriptors less
    /// one; it is empty.
    public void place(long base, int entries) {
        this.base = base;
        this.entries = entries;
        head = 0;
        tail = 0;
        waits.clear();
    }

    /// The index of the next descriptor that the unit takes.
    public int head() {
        return head;
    }

    /// The index behind the last descriptor.
    public int tail() {
        return tail;
    }

    /// Tells that descriptors have been written up to `tail`.
    public void setTail(int tail) {
        this.tail = Math.floorMod(tail, entries);
    }

    /// Why it stands.
    public Fault error() {
        return error;
    }

    /// Clears the error. A malformed descriptor is skipped; waits for a device that has not
    /// answered are given up, and their status is never written: software resets the device, and
    /// waits anew.
    public void clearError() {
        if (error == Fault.DESCRIPTOR) {
            head = (head + 1) % entries;
        } else if (error == Fault.TIME_OUT) {
            waits.clear();
        }
        error = Fault.NONE;
        polls = 0;
    }

    /// Descriptors done.
    public long executed() {
        return executed;
    }

    /// Does the next descriptor, unless there is none, the queue stands, or a fence is not passed.
    public void step() {
        if (error != Fault.NONE) {
            return;
        }
        finishWaits();
        if (error != Fault.NONE || head == tail || isFenced()) {
            return;
        }
        long at = base + (long) head * Descriptor.BYTES;
        Descriptor next = new Descriptor(memory.read(at), memory.read(at + 8));
        if ((next.low() & next.reservedLow()) != 0
                || (next.high() & next.reservedHigh()) != 0
                || !execute(next)) {
            error = Fault.DESCRIPTOR;
            return;
        }
        executed++;
        head = (head + 1) % entries;
    }

    private boolean isFenced() {
        return waits.stream().anyMatch(wait -> (wait.low() & 1 << 6) != 0);
    }

    private void finishWaits() {
        if (waits.isEmpty()) {
            return;
        }
        if (!target.areDevicesDone()) {
            polls++;
            if (polls > patience) {
                error = Fault.TIME_OUT;
            }
            return;
        }
        polls = 0;
        for (Iterator<Descriptor> it = waits.iterator(); it.hasNext(); it.remove()) {
            finish(it.next());
        }
    }

    private void finish(Descriptor wait) {
        if ((wait.low() & 1 << 5) != 0) {
            long word = wait.high() & -8;
            int shift = (wait.high() & 4) == 0 ? 0 : 32;
            long data = (wait.low() >>> 32) << shift;
            memory.store(word, memory.read(word) & ~(0xffff_ffffL << shift) | data);
        }
    }

    /// Returns false if there is no such descriptor.
    private boolean execute(Descriptor next) {
        return switch (next.type()) {
            case Descriptor.CONTEXT -> contexts(next);
            case Descriptor.IOTLB -> translations(next);
            case Descriptor.PASID_IOTLB -> pasidTranslations(next);
            case Descriptor.PASID_CACHE -> pasids(next);
            case Descriptor.DEVICE_TLB -> {
                long bytes = next.deviceBytes(1);
                target.device(next.pasid() & 0xffff, -1, next.address() & -bytes, bytes);
                yield true;
            }
            case Descriptor.PASID_DEVICE_TLB -> {
                long bytes = next.deviceBytes(1L << 11);
                target.device(next.domain(), next.pasid(), next.address() & -bytes, bytes);
                yield true;
            }
            case Descriptor.WAIT -> {
                waits.add(next);
                finishWaits();
                yield true;
            }
            case Descriptor.RESPONSE -> {
                boolean success = (next.low() >>> 12 & 0xf) == 0;
                target.respond(next.domain(), (int) (next.high() >>> 3) & 0x1ff, success);
                yield true;
            }
            default -> false;
        };
    }

    private boolean contexts(Descriptor next) {
        switch (next.granularity()) {
            case Descriptor.GLOBAL -> target.contexts();
            case Descriptor.DOMAIN -> target.contexts(next.domain());
            case Descriptor.SELECTED ->
                    target.context(
                            next.domain(),
                            next.pasid() & 0xffff,
                            (1 << (int) (next.low() >>> 48 & 3)) - 1);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean translations(Descriptor next) {
        if (next.drains()) {
            target.drain();
        }
        switch (next.granularity()) {
            case Descriptor.GLOBAL -> target.translations();
            case Descriptor.DOMAIN -> target.translations(next.domain());
            case Descriptor.SELECTED -> {
                if (next.order() > MOST_ORDER) {
                    target.translations(next.domain());
                } else {
                    long bytes = PAGE << next.order();
                    target.pages(next.domain(), next.address() & -bytes, bytes, !next.leavesOnly());
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean pasidTranslations(Descriptor next) {
        switch (next.granularity()) {
            case Descriptor.DOMAIN -> target.pasidTranslations(next.domain(), next.pasid());
            case Descriptor.SELECTED -> {
                if (next.order() > MOST_ORDER) {
                    target.pasidTranslations(next.domain(), next.pasid());
                } else {
                    long bytes = PAGE << next.order();
                    target.pasidPages(
                            next.domain(),
                            next.pasid(),
                            next.address() & -bytes,
                            bytes,
                            !next.leavesOnly());
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean pasids(Descriptor next) {
        switch (next.granularity()) {
            case 0 -> target.contexts(next.domain());
            case 1 -> target.pasid(next.domain(), next.pasid());
            case Descriptor.SELECTED -> target.contexts();
            default -> {
                return false;
            }
        }
        return true;
    }
}
