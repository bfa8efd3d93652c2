package org.nestwalk.machine.invalidation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Threads that fault, prefetch, move, reclaim, split and collapse few pages on few frames, with
/// one element of the protocol left out if asked for.
final class Storm {
    private static final int BLOCK = 8;
    private static final int BLOCKS = 3;
    private static final int SPARE = 4;
    private static final int CPUS = 2;

    private final int steps;
    private final long seed;
    private final ContestedMemory memory;
    private final AtomicInteger running = new AtomicInteger(CPUS);

    Storm(Element missing, long seed, int steps) {
        this.seed = seed;
        this.steps = steps;
        memory = new ContestedMemory(missing, BLOCKS, BLOCK, SPARE, CPUS, CPUS + 1);
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
        if (memory.error() == null) {
            memory.checkAtRest();
        }
        return memory.error();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            memory.fail(e.toString());
        }
    }

    private boolean goesOn() {
        return running.get() > 0 && memory.error() == null;
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
        Runnable pause = () -> pause(random);
        int[] tlb = new int[memory.pages()];
        Runnable forget = () -> Arrays.fill(tlb, 0);
        try {
            for (int done = 0; done < steps && memory.error() == null; ) {
                memory.enter(cpu, forget, pause);
                int wanted = -1;
                for (int i = 0; i < 16 && wanted < 0 && !memory.requests().isRequested(cpu); i++) {
                    int page = random.nextInt(memory.pages());
                    if (memory.access(page, tlb)) {
                        done++;
                    } else {
                        wanted = page;
                    }
                }
                memory.requests().leave(cpu);
                if (wanted >= 0) {
                    memory.map(cpu, wanted, pause);
                }
            }
        } finally {
            running.decrementAndGet();
        }
    }

    private void prefetch() {
        SplittableRandom random = new SplittableRandom(seed * 31 + 17);
        while (goesOn()) {
            memory.map(CPUS, random.nextInt(memory.pages()), () -> pause(random));
        }
    }

    private void invalidate(int number) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 100 + number);
        Runnable pause = () -> pause(random);
        while (goesOn()) {
            int page = random.nextInt(memory.pages() - 1);
            switch (random.nextInt(6)) {
                case 0 -> memory.split(page / BLOCK);
                case 1 -> memory.collapse(page / BLOCK);
                case 2 -> memory.take(page, 1, true, pause);
                default -> memory.take(page, 1 + random.nextInt(2), false, pause);
            }
            pause.run();
        }
    }
}
