package org.nestwalk.hypervisor.merging;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nestwalk.machine.VirtualMachine;

/// Looks at the memory of virtual machines in turns, so many pages at each wake-up, over and over,
/// as Linux's `ksmd` does.
///
/// @param <T> what is known of one of them
final class ScanRounds<T extends ScanRounds.Turn> {
    private final int pages;
    private final long sleepNanos;
    private final Look<T> look;
    private final Runnable ended;
    private final List<T> turns = new ArrayList<>();
    private int at;
    private long wakesAt;
    private long full;

    /// A virtual machine, and where to look next.
    abstract static class Turn {
        final VirtualMachine vm;
        long cursor;

        Turn(VirtualMachine vm) {
            this.vm = vm;
        }
    }

    /// Looks at pages.
    @FunctionalInterface
    interface Look<T> {
        /// Looks at up to `most` pages from the cursor on, which it moves, while no CPU is in the
        /// guest. Returns how many it has looked at.
        int at(T turn, int most);
    }

    /// For no virtual machine yet; asleep until `sleepNanos` have passed.
    ///
    /// @param pages of a wake-up, which also ends when all memory has been looked at
    /// @param ended is told whenever that is so
    ScanRounds(int pages, long sleepNanos, Look<T> look, Runnable ended) {
        this.pages = pages;
        this.sleepNanos = sleepNanos;
        this.look = look;
        this.ended = ended;
        this.wakesAt = sleepNanos;
    }

    void add(T turn) {
        turns.add(turn);
    }

    /// Removes what is known of `vm`, shown to `gone` after that.
    void remove(VirtualMachine vm, Consumer<T> gone) {
        for (int index = turns.size() - 1; index >= 0; index--) {
            T turn = turns.get(index);
            if (turn.vm.equals(vm)) {
                turns.remove(index);
                at -= index < at ? 1 : 0;
                gone.accept(turn);
            }
        }
    }

    List<T> turns() {
        return turns;
    }

    /// How often all memory has been looked at.
    long full() {
        return full;
    }

    /// As [org.nestwalk.hypervisor.BackgroundWork#tick].
    void tick(long nanos) {
        while (nanos >= wakesAt) {
            wakeUp();
            wakesAt += sleepNanos;
        }
    }

    /// When it wakes up next.
    long nextNanos() {
        return wakesAt;
    }

    /// Looks at all memory once, from where it stopped.
    void scanAll() {
        long before = full;
        while (full == before) {
            wakeUp();
        }
    }

    private void wakeUp() {
        int left = pages;
        while (left > 0 && at < turns.size()) {
            T turn = turns.get(at);
            int most = left;
            left -= turn.vm.exclusively(() -> look.at(turn, most));
            if (turn.cursor >= turn.vm.settings().memoryBytes()) {
                turn.cursor = 0;
                at++;
            }
        }
        if (at >= turns.size()) {
            at = 0;
            full++;
            ended.run();
        }
    }
}
