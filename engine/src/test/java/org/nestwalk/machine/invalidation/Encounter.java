package org.nestwalk.machine.invalidation;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Two threads that meet over two pages of one block: a CPU that accesses both pages, and whoever
/// takes pages away from it. So short that every order of its steps can be tried, or millions of
/// runs made.
public final class Encounter {
    private static final int PAGES = 2;

    /// How the pages are mapped before.
    enum Before {
        UNMAPPED,
        SMALL,
        LARGE
    }

    /// All that can be met.
    static final List<Before> ALL = List.of(Before.values());

    private final ContestedMemory memory;
    private final Runnable pause;
    private final int[] tlb = new int[PAGES];

    /// @param pause where another order of steps would matter most
    Encounter(Element missing, Before before, Runnable pause) {
        this.pause = pause;
        memory = new ContestedMemory(missing, 1, PAGES, 2, 1, 1);
        if (before != Before.UNMAPPED) {
            for (int page = 0; page < PAGES; page++) {
                memory.map(0, page, pause);
            }
        }
        if (before == Before.LARGE) {
            memory.collapse(0);
        }
    }

    private void forget() {
        Arrays.fill(tlb, 0);
    }

    /// The CPU: accesses both pages in its guest, twice, and maps what it finds unmapped.
    void cpu() {
        for (int round = 0; round < 2; round++) {
            memory.enter(0, this::forget, pause);
            int wanted = -1;
            for (int page = PAGES - 1; page >= 0 && wanted < 0; page--) {
                if (memory.requests().isRequested(0)) {
                    break;
                }
                if (!memory.access(page, tlb)) {
                    wanted = page;
                }
            }
            memory.requests().leave(0);
            // Nothing wanted is a prefetch of what is mapped, for all that it knows.
            memory.map(0, Math.max(0, wanted), pause);
        }
    }

    /// The other: moves both pages to other frames.
    void take() {
        memory.take(0, PAGES, false, pause);
    }

    /// What went wrong, when both have ended; null if nothing did.
    @Nullable String outcome() {
        if (memory.error() == null) {
            memory.checkAtRest();
        }
        return memory.error();
    }

    /// Both at once.
    ///
    /// @throws AssertionError if anything went wrong
    static void meet(Element missing, Before before) {
        // Whoever tries orders of steps sees one in a pause, too.
        AtomicInteger pauses = new AtomicInteger();
        Encounter encounter = new Encounter(missing, before, pauses::incrementAndGet);
        Thread cpu = new Thread(encounter::cpu);
        Thread other = new Thread(encounter::take);
        cpu.start();
        other.start();
        try {
            cpu.join();
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        String wrong = encounter.outcome();
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
    }
}
