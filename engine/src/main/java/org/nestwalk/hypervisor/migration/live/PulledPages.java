package org.nestwalk.hypervisor.migration.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.hypervisor.lazy.PageStore;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// The pages of a guest that runs before they are there: asked for when the guest needs one, and
/// ahead of it from there on (Hines, Deshpande and Gopalan, OSR 2009, call that bubbling).
///
/// The target asks for everything, so that after a cut it asks again for what has not come, and the
/// source need not know what has. Threads of the guest wait in [#read]; whoever else waits for the
/// wire brings what has come into memory by [#install].
class PulledPages implements PageStore {
    /// Pages that are asked for at once ahead of the guest: few, since a page that the guest waits
    /// for comes behind them.
    static final int AHEAD = 16;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LOOK = 1_000_000;

    private final Line line;
    private final LongSupplier clock;
    private final LazyMemory memory;
    private final PageSet missing = new PageSet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition come = lock.newCondition();
    private final PageSet open = new PageSet();
    private final PageSet asked = new PageSet();
    private final PageSet needed = new PageSet();
    private final Map<Long, long[]> here = new HashMap<>();
    private final Deque<long[]> spare = new ArrayDeque<>();
    private long cursor;
    private long faults;
    private long longestWait;

    /// The way to the source.
    interface Line {
        /// Asks for pages ahead of the guest. If it cannot be asked now, it will be asked again
        /// when it can.
        void ask(long gpa, int pages);

        /// Asks for a page that the guest waits for, likewise.
        ///
        /// @return whether it comes by a way of its own, past those that are asked for ahead
        boolean need(long gpa);

        /// Receives something, unless another thread is at it.
        ///
        /// @return false if another thread is
        /// @throws org.nestwalk.machine.GuestFailure if nobody can any more
        boolean receive();
    }

    /// @param missing runs: address, bytes, address, bytes
    PulledPages(VirtualMachine vm, long[] missing, Line line, LongSupplier clock) {
        this.line = line;
        this.clock = clock;
        for (int i = 0; i < missing.length; i += 2) {
            this.missing.add(missing[i], missing[i + 1]);
        }
        open.addAll(this.missing);
        memory = new LazyMemory(vm, this, null);
    }

    /// The part of the hypervisor that has the guest wait.
    LazyMemory memory() {
        return memory;
    }

    @Override
    public boolean has(long gpa) {
        return missing.contains(gpa);
    }

    @Override
    public void pages(PageSet into) {
        into.addAll(missing);
    }

    @Override
    public long read(long gpa, long[] words) {
        long start = clock.getAsLong();
        boolean waited = !isHere(gpa);
        if (waited) {
            need(gpa);
            if (!line.need(gpa)) {
                askAhead();
            }
            while (!isHere(gpa)) {
                if (!line.receive()) {
                    await(gpa);
                }
            }
        }
        lock.lock();
        try {
            long[] page = here.remove(gpa);
            if (page == null) {
                throw new InputException("page 0x%x has come, and is gone".formatted(gpa));
            }
            System.arraycopy(page, 0, words, 0, page.length);
            spare.push(page);
            needed.remove(gpa, PAGE);
            if (waited) {
                faults++;
                longestWait = Math.max(longestWait, clock.getAsLong() - start);
            }
        } finally {
            lock.unlock();
        }
        return waited ? PAGE : 0;
    }

    private boolean isHere(long gpa) {
        lock.lock();
        try {
            return here.containsKey(gpa);
        } finally {
            lock.unlock();
        }
    }

    private void need(long gpa) {
        lock.lock();
        try {
            needed.add(gpa, PAGE);
            cursor = gpa + PAGE;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a page has come, or for a while.
    private void await(long gpa) {
        lock.lock();
        try {
            long left = LOOK;
            while (left > 0 && !here.containsKey(gpa)) {
                left = come.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Pages have come, intact. Those that are not missing, or are here already, are not looked at:
    /// the guest may have written to them since. Neither are those that were not asked for, so that
    /// no source can have this side keep more than it asks for.
    void come(PageBatch batch) {
        lock.lock();
        try {
            for (int i = 0; i < batch.size(); i++) {
                long gpa = batch.address(i);
                boolean wanted = asked.contains(gpa) || needed.contains(gpa);
                asked.remove(gpa, PAGE);
                if (wanted && isWelcome(gpa)) {
                    open.remove(gpa, PAGE);
                    long[] page = spare.isEmpty() ? new long[GuestMemory.PAGE_WORDS] : spare.pop();
                    batch.copyTo(i, page);
                    here.put(gpa, page);
                }
            }
            come.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Whether a page that has come is one that is still missing.
    boolean isWelcome(long gpa) {
        return open.contains(gpa);
    }

    /// Brings what has come into memory, but for pages that the guest waits for, which it takes
    /// itself.
    ///
    /// @throws InputException if it cannot be: what has come is no memory of the guest's state
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    void install() {
        PageSet pages = new PageSet();
        lock.lock();
        try {
            here.keySet().forEach(gpa -> pages.add(gpa, PAGE));
            needed.forEachRange(pages::remove);
        } finally {
            lock.unlock();
        }
        if (pages.isEmpty()) {
            return;
        }
        memory.prefetch(new Some(pages));
        lock.lock();
        try {
            // Those that the guest has taken away meanwhile count no more.
            pages.forEach(here::remove);
        } finally {
            lock.unlock();
        }
    }

    /// Asks for the next pages, unless enough is asked for.
    void askAhead() {
        long first = -1;
        int count = 0;
        lock.lock();
        try {
            while (asked.size() < AHEAD && count < AHEAD && first == -1) {
                first = open.first(cursor);
                if (first == -1 && cursor == 0) {
                    return;
                }
                if (first == -1) {
                    cursor = 0;
                }
            }
            while (first != -1 && count < AHEAD && open.contains(first + count * PAGE)) {
                count++;
            }
            if (count > 0) {
                asked.add(first, count * PAGE);
                cursor = first + count * PAGE;
            }
        } finally {
            lock.unlock();
        }
        if (count > 0) {
            line.ask(first, count);
        }
    }

    /// There is a new connection: what was asked for over the one before will not come.
    void askAgain() {
        PageSet again = new PageSet();
        lock.lock();
        try {
            asked.clear();
            again.addAll(needed);
            here.keySet().forEach(gpa -> again.remove(gpa, PAGE));
        } finally {
            lock.unlock();
        }
        again.forEach(line::need);
    }

    /// Whether all pages are there, and not merely here.
    boolean isComplete() {
        lock.lock();
        try {
            return open.isEmpty() && here.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// How the guest has waited.
    Message.Done counts() {
        lock.lock();
        try {
            return new Message.Done(faults, longestWait);
        } finally {
            lock.unlock();
        }
    }

    /// Those of the pages here that are to be brought into memory at once.
    private final class Some implements PageStore {
        private final PageSet pages;

        Some(PageSet pages) {
            this.pages = pages;
        }

        @Override
        public boolean has(long gpa) {
            return pages.contains(gpa);
        }

        @Override
        public long read(long gpa, long[] words) {
            return PulledPages.this.read(gpa, words);
        }

        @Override
        public void pages(PageSet into) {
            into.addAll(pages);
        }
    }
}
