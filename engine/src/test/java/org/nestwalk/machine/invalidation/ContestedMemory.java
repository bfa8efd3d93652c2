package org.nestwalk.machine.invalidation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Pages on few frames that threads fault, prefetch, move, reclaim, split and collapse as the
/// classes of this package have them do, with one element of the protocol left out if asked for. A
/// frame holds the number of its page, and poison when it is free. How threads come upon each other
/// is for others to say: a storm of them, every order of two, or as the processor has it.
final class ContestedMemory {
    private static final long POISON = -1;

    private final Element missing;
    private final int pagesOfBlock;
    private final int pages;
    private final int frames;
    private final ReentrantLock lock = new ReentrantLock();
    private final InvalidationSequence sequence = new InvalidationSequence();
    private final CpuRequests requests;
    private final DeferredFree deferred;
    private final AtomicReferenceArray<@Nullable Mapping> blocks;
    private final AtomicIntegerArray host;
    private final AtomicLongArray data;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final AtomicReference<@Nullable String> error = new AtomicReference<>();

    // Pages that are being taken away, with the lock.
    private final boolean[] busy;

    /// @param block pages of a block, which one table or large page maps
    /// @param spare frames beside one for each page
    /// @param readers of tables, the first of which are CPUs
    ContestedMemory(Element missing, int blocks, int block, int spare, int cpus, int readers) {
        this.missing = missing;
        pagesOfBlock = block;
        this.pages = blocks * block;
        this.frames = pages + spare;
        requests = new CpuRequests(cpus);
        deferred = new DeferredFree(readers);
        this.blocks = new AtomicReferenceArray<>(blocks);
        host = new AtomicIntegerArray(pages);
        data = new AtomicLongArray(frames);
        busy = new boolean[pages];
        for (int page = 0; page < pages; page++) {
            host.set(page, page);
            data.set(page, page);
        }
        for (int frame = pages; frame < frames; frame++) {
            data.set(frame, POISON);
            free.add(frame);
        }
    }

    /// How many there are.
    int pages() {
        return pages;
    }

    /// What went wrong first; null if nothing did.
    @Nullable String error() {
        return error.get();
    }

    /// What CPUs are asked to forget by.
    CpuRequests requests() {
        return requests;
    }

    /// Each page of the host's has a frame of its own, which holds it; each mapping is one of them.
    void checkAtRest() {
        boolean[] used = new boolean[frames];
        for (int frame : free) {
            used[frame] = true;
        }
        for (int page = 0; page < pages; page++) {
            int frame = host.get(page);
            Mapping mapping = blocks.get(page / pagesOfBlock);
            int entry = mapping == null ? 0 : mapping.entries.get(page % pagesOfBlock);
            if (frame >= 0 && (used[frame] || data.get(frame) != page)) {
                fail("page " + page + " has a frame of others");
            } else if (frame >= 0) {
                used[frame] = true;
            }
            if (entry != 0 && entry - 1 != frame) {
                fail("page " + page + " is mapped to what the host does not have");
            }
        }
        for (boolean one : used) {
            if (!one) {
                fail("a frame is lost");
            }
        }
    }

    void fail(String what) {
        error.compareAndSet(null, what);
    }

    void enter(int cpu, Runnable forget, Runnable pause) {
        if (missing == Element.BARRIER && !requests.isRequested(cpu)) {
            // The read of requests has gone before the store of the mode.
            pause.run();
            requests.enter(cpu, () -> {});
        } else {
            requests.enter(cpu, forget);
        }
    }

    /// An access by a CPU in its guest; false if it faults.
    boolean access(int page, int[] tlb) {
        if (tlb[page] == 0) {
            Mapping mapping = blocks.get(page / pagesOfBlock);
            tlb[page] = mapping == null ? 0 : mapping.entries.get(page % pagesOfBlock);
        }
        if (tlb[page] == 0) {
            return false;
        }
        long held = data.get(tlb[page] - 1);
        if (held != page) {
            fail("page %d is read from a frame that holds %d".formatted(page, held));
        }
        return true;
    }

    /// Maps a page, as a fault does and a prefetch.
    void map(int reader, int page, Runnable pause) {
        while (error.get() == null) {
            if (isMapped(reader, page, pause)) {
                return;
            }
            long seen = sequence.sequence();
            int frame = host.get(page);
            pause.run();
            lock.lock();
            try {
                if (missing == Element.SEQUENCE) {
                    seen = sequence.sequence();
                }
                if (sequence.mustRetry(seen, page)) {
                    continue;
                }
                if (frame < 0) {
                    frame = bringBack(page);
                }
                if (frame >= 0) {
                    put(page, frame);
                }
                return;
            } finally {
                lock.unlock();
            }
        }
    }

    /// A look at the tables without the lock.
    private boolean isMapped(int reader, int page, Runnable pause) {
        deferred.begin(reader);
        try {
            Mapping mapping = blocks.get(page / pagesOfBlock);
            pause.run();
            if (mapping != null && mapping.freed) {
                fail("a table is read that was given back");
            }
            return mapping != null && mapping.entries.get(page % pagesOfBlock) != 0;
        } finally {
            deferred.end(reader);
        }
    }

    /// With the lock.
    private int bringBack(int page) {
        if (host.get(page) >= 0) {
            return host.get(page);
        }
        Integer frame = free.poll();
        if (frame == null) {
            return -1;
        }
        data.set(frame, page);
        host.set(page, frame);
        return frame;
    }

    /// With the lock: an entry that is there stays, by compare-and-swap.
    private void put(int page, int frame) {
        Mapping mapping = blocks.get(page / pagesOfBlock);
        if (mapping == null) {
            mapping = new Mapping(false, pagesOfBlock);
            blocks.set(page / pagesOfBlock, mapping);
        }
        if (!mapping.large) {
            boolean _ = mapping.entries.compareAndSet(page % pagesOfBlock, 0, frame + 1);
        }
    }

    /// Takes pages away: to other frames, or to none.
    void take(int page, int count, boolean reclaim, Runnable pause) {
        int[] old = new int[count];
        int[] to = new int[count];
        lock.lock();
        try {
            if (!begin(page, count, reclaim, old, to)) {
                return;
            }
            for (int i = 0; i < count; i++) {
                zap(page + i);
            }
            if (missing == Element.FLUSH_BEFORE_FREE) {
                poison(old);
                pause.run();
            }
            requests.forgetAll();
        } finally {
            lock.unlock();
        }
        pause.run();
        for (int i = 0; i < count; i++) {
            if (to[i] >= 0) {
                data.set(to[i], page + i);
            }
            host.set(page + i, to[i]);
        }
        poison(old);
        lock.lock();
        try {
            for (int frame : old) {
                free.add(frame);
            }
            if (missing == Element.IN_PROGRESS) {
                sequence.begin(page, count);
            }
            busy[page] = false;
            busy[page + count - 1] = false;
            sequence.end();
        } finally {
            lock.unlock();
        }
    }

    /// With the lock. False, with nothing done, if the pages cannot be taken away now.
    private boolean begin(int page, int count, boolean reclaim, int[] old, int[] to) {
        for (int i = 0; i < count; i++) {
            if (busy[page + i] || host.get(page + i) < 0) {
                return false;
            }
        }
        if (!reclaim && free.size() < count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            busy[page + i] = true;
            old[i] = host.get(page + i);
            to[i] = reclaim ? -1 : free.remove();
        }
        if (missing != Element.IN_PROGRESS) {
            sequence.begin(page, missing == Element.RANGE ? 1 : count);
        }
        return true;
    }

    private void poison(int[] frames) {
        for (int frame : frames) {
            data.set(frame, POISON);
        }
    }

    /// With the lock.
    private void zap(int page) {
        int block = page / pagesOfBlock;
        Mapping mapping = blocks.get(block);
        if (mapping == null) {
            return;
        }
        if (mapping.large) {
            Mapping table = mapping.copy(false);
            blocks.set(block, table);
            mapping = table;
        }
        mapping.entries.set(page % pagesOfBlock, 0);
        if (mapping.isEmpty()) {
            blocks.set(block, null);
            giveBack(mapping);
        }
    }

    private void giveBack(Mapping table) {
        if (missing == Element.DEFERRED_FREE) {
            table.freed = true;
        } else {
            deferred.retire(() -> table.freed = true);
        }
    }

    void split(int block) {
        lock.lock();
        try {
            Mapping mapping = blocks.get(block);
            if (mapping != null && mapping.large) {
                blocks.set(block, mapping.copy(false));
                requests.forgetAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void collapse(int block) {
        lock.lock();
        try {
            Mapping mapping = blocks.get(block);
            if (mapping != null && !mapping.large && mapping.count() == pagesOfBlock) {
                blocks.set(block, mapping.copy(true));
                requests.forgetAll();
                giveBack(mapping);
            }
        } finally {
            lock.unlock();
        }
    }
}
