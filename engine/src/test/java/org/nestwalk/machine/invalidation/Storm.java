package org.nestwalk.machine.invalidation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Threads that fault, prefetch, move, reclaim, split and collapse few pages on few frames, as the
/// classes of this package have them do, with one element of the protocol left out if asked for. A
/// frame holds the number of its page, and poison when it is free.
final class Storm {
    private static final int BLOCK = Mapping.PAGES;
    private static final int BLOCKS = 3;
    private static final int PAGES = BLOCK * BLOCKS;
    private static final int FRAMES = PAGES + 4;
    private static final int CPUS = 2;
    private static final long POISON = -1;

    private final Element missing;
    private final int steps;
    private final long seed;
    private final ReentrantLock lock = new ReentrantLock();
    private final InvalidationSequence sequence = new InvalidationSequence();
    private final CpuRequests requests = new CpuRequests(CPUS);
    private final DeferredFree deferred = new DeferredFree(CPUS + 1);
    private final AtomicReferenceArray<@Nullable Mapping> blocks =
            new AtomicReferenceArray<>(BLOCKS);
    private final AtomicIntegerArray host = new AtomicIntegerArray(PAGES);
    private final AtomicLongArray data = new AtomicLongArray(FRAMES);
    private final Deque<Integer> free = new ArrayDeque<>();
    private final AtomicReference<@Nullable String> error = new AtomicReference<>();
    private final AtomicInteger running = new AtomicInteger(CPUS);

    Storm(Element missing, long seed, int steps) {
        this.missing = missing;
        this.seed = seed;
        this.steps = steps;
        for (int page = 0; page < PAGES; page++) {
            host.set(page, page);
            data.set(page, page);
        }
        for (int frame = PAGES; frame < FRAMES; frame++) {
            data.set(frame, POISON);
            free.add(frame);
        }
    }

    /// Lets it rage. Returns what went wrong first; null if nothing did.
    @Nullable String run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CPUS; i++) {
            int cpu = i;
            threads.add(new Thread(() -> guarded(() -> cpu(cpu))));
        }
        threads.add(new Thread(() -> guarded(this::prefetch)));
        threads.add(new Thread(() -> guarded(() -> invalidate(1))));
        threads.add(new Thread(() -> guarded(() -> invalidate(2))));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        if (error.get() == null) {
            checkAtRest();
        }
        return error.get();
    }

    /// Each page of the host's has a frame of its own, which holds it; each mapping is one of them.
    private void checkAtRest() {
        boolean[] used = new boolean[FRAMES];
        for (int frame : free) {
            used[frame] = true;
        }
        for (int page = 0; page < PAGES; page++) {
            int frame = host.get(page);
            Mapping mapping = blocks.get(page / BLOCK);
            int entry = mapping == null ? 0 : mapping.entries.get(page % BLOCK);
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

    private void fail(String what) {
        error.compareAndSet(null, what);
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            fail(e.toString());
        }
    }

    private boolean goesOn() {
        return running.get() > 0 && error.get() == null;
    }

    @SuppressWarnings("ThreadPriorityCheck") // another order is all that it is for
    private static void pause(SplittableRandom random) {
        int bits = random.nextInt(8);
        if (bits == 0) {
            Thread.yield();
        } else if (bits < 4) {
            Thread.onSpinWait();
        }
    }

    private void cpu(int cpu) {
        SplittableRandom random = new SplittableRandom(seed * 31 + cpu);
        int[] tlb = new int[PAGES];
        Runnable forget = () -> Arrays.fill(tlb, 0);
        try {
            for (int done = 0; done < steps && error.get() == null; ) {
                enter(cpu, forget, random);
                int wanted = -1;
                for (int i = 0; i < 16 && wanted < 0 && !requests.isRequested(cpu); i++) {
                    int page = random.nextInt(PAGES);
                    if (access(page, tlb)) {
                        done++;
                    } else {
                        wanted = page;
                    }
                }
                requests.leave(cpu);
                if (wanted >= 0) {
                    map(cpu, wanted, random);
                }
            }
        } finally {
            running.decrementAndGet();
        }
    }

    private void enter(int cpu, Runnable forget, SplittableRandom random) {
        if (missing == Element.BARRIER && !requests.isRequested(cpu)) {
            // The read of requests has gone before the store of the mode.
            pause(random);
            requests.enter(cpu, () -> {});
        } else {
            requests.enter(cpu, forget);
        }
    }

    /// An access by a CPU in its guest; false if it faults.
    private boolean access(int page, int[] tlb) {
        if (tlb[page] == 0) {
            Mapping mapping = blocks.get(page / BLOCK);
            tlb[page] = mapping == null ? 0 : mapping.entries.get(page % BLOCK);
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

    private void prefetch() {
        SplittableRandom random = new SplittableRandom(seed * 31 + 17);
        while (goesOn()) {
            map(CPUS, random.nextInt(PAGES), random);
        }
    }

    /// Maps a page, as a fault does and a prefetch.
    private void map(int reader, int page, SplittableRandom random) {
        while (error.get() == null) {
            if (isMapped(reader, page, random)) {
                return;
            }
            long seen = sequence.sequence();
            int frame = host.get(page);
            pause(random);
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
    private boolean isMapped(int reader, int page, SplittableRandom random) {
        deferred.begin(reader);
        try {
            Mapping mapping = blocks.get(page / BLOCK);
            pause(random);
            if (mapping != null && mapping.freed) {
                fail("a table is read that was given back");
            }
            return mapping != null && mapping.entries.get(page % BLOCK) != 0;
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
        Mapping mapping = blocks.get(page / BLOCK);
        if (mapping == null) {
            mapping = new Mapping(false);
            blocks.set(page / BLOCK, mapping);
        }
        if (!mapping.large) {
            boolean _ = mapping.entries.compareAndSet(page % BLOCK, 0, frame + 1);
        }
    }

    private void invalidate(int number) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 100 + number);
        while (goesOn()) {
            int page = random.nextInt(PAGES - 1);
            switch (random.nextInt(6)) {
                case 0 -> split(page / BLOCK);
                case 1 -> collapse(page / BLOCK);
                case 2 -> take(page, 1, true, random);
                default -> take(page, 1 + random.nextInt(2), false, random);
            }
            pause(random);
        }
    }

    /// Takes pages away: to other frames, or to none.
    private void take(int page, int count, boolean reclaim, SplittableRandom random) {
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
                pause(random);
            }
            requests.forgetAll();
        } finally {
            lock.unlock();
        }
        pause(random);
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

    // Pages that are being taken away, by either.
    private final boolean[] busy = new boolean[PAGES];

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
        int block = page / BLOCK;
        Mapping mapping = blocks.get(block);
        if (mapping == null) {
            return;
        }
        if (mapping.large) {
            Mapping table = mapping.copy(false);
            blocks.set(block, table);
            mapping = table;
        }
        mapping.entries.set(page % BLOCK, 0);
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

    private void split(int block) {
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

    private void collapse(int block) {
        lock.lock();
        try {
            Mapping mapping = blocks.get(block);
            if (mapping != null && !mapping.large && mapping.count() == BLOCK) {
                blocks.set(block, mapping.copy(true));
                requests.forgetAll();
                giveBack(mapping);
            }
        } finally {
            lock.unlock();
        }
    }
}
