package org.nestwalk.hypervisor.migration.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;

/// Drives each virtual CPU of a guest on a platform thread of its own, in real time
/// ([System#nanoTime]).
public final class ThreadDrive implements GuestDrive {
    private static final int QUANTUM = 1 << 13;

    // Withheld time is spent when there is so much of it, a tenth of what QEMU's throttling takes
    // at once (CPU_THROTTLE_TIMESLICE_NS), so that pauses stay short.
    private static final long PAUSE = 1_000_000;

    // Milliseconds between two kicks of a CPU that is to end.
    private static final long JOIN = 100;

    private final VirtualMachine vm;
    private final GuestCpus guest;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Thread> threads = new ArrayList<>();
    private boolean running;
    private boolean closed;
    private int inside;
    private int alive;
    private long heldUntil;
    private double withheld;
    private double lost;
    private long longestWait;
    private @Nullable RuntimeException failure;

    /// It stands still.
    public ThreadDrive(VirtualMachine vm, GuestCpus guest) {
        this.vm = vm;
        this.guest = guest;
        heldUntil = System.nanoTime();
    }

    @Override
    public VirtualMachine vm() {
        return vm;
    }

    @Override
    public byte[] state() {
        return guest.state();
    }

    @Override
    public void start() {
        lock.lock();
        try {
            running = true;
            if (threads.isEmpty()) {
                alive = vm.settings().cpus();
                for (int i = 0; i < alive; i++) {
                    int cpu = i;
                    threads.add(
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("%s, CPU %d".formatted(vm.settings().name(), i))
                                    .start(() -> drive(cpu)));
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void drive(int cpu) {
        try {
            double owed = 0;
            boolean more = true;
            while (more && enter(owed)) {
                long start = System.nanoTime();
                double part = withheld();
                try {
                    more = guest.run(cpu, QUANTUM);
                } finally {
                    leave();
                }
                owed = owed >= PAUSE ? 0 : owed;
                owed += (System.nanoTime() - start) * part / (1 - part);
            }
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            end();
        }
    }

    /// Waits until the CPU may run.
    ///
    /// @param owed nanoseconds to stand still before that, once they are enough for a pause
    /// @return false if it never may again
    private boolean enter(double owed) {
        lock.lock();
        try {
            long start = System.nanoTime();
            long free = start + (owed >= PAUSE ? (long) owed : 0);
            while (!closed && failure == null) {
                long now = System.nanoTime();
                long wait = Math.max(free - now, heldUntil - now);
                if (running && wait <= 0) {
                    inside++;
                    return true;
                }
                if (running) {
                    long slept = wait - changed.awaitNanos(wait);
                    lost += (double) slept / vm.settings().cpus();
                    longestWait = Math.max(longestWait, System.nanoTime() - start);
                } else {
                    changed.await();
                    start = System.nanoTime();
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        locked(() -> inside--);
    }

    private void end() {
        locked(() -> alive--);
    }

    private void fail(RuntimeException why) {
        locked(() -> failure = failure == null ? why : failure);
    }

    /// Changes something, and tells those who wait.
    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private double withheld() {
        lock.lock();
        try {
            return withheld;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            running = false;
            vm.cpus().forEach(VirtualCpu::kick);
            while (inside > 0) {
                changed.awaitUninterruptibly();
            }
            // Who waits for its end waits no more.
            changed.signalAll();
            throwFailure();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void passTo(long now) {
        lock.lock();
        try {
            throwFailure();
        } finally {
            lock.unlock();
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void withhold(double part) {
        locked(() -> withheld = part);
    }

    @Override
    public void holdUntil(long time) {
        locked(() -> heldUntil = time);
        if (time - System.nanoTime() > 0) {
            vm.cpus().forEach(VirtualCpu::kick);
        }
    }

    @Override
    public long lost() {
        lock.lock();
        try {
            return Math.round(lost);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long longestWait() {
        lock.lock();
        try {
            return longestWait;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitEnd() {
        lock.lock();
        try {
            while (running && alive > 0 && failure == null) {
                changed.awaitUninterruptibly();
            }
            throwFailure();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        locked(() -> closed = true);
        vm.cpus().forEach(VirtualCpu::kick);
        for (Thread thread : threads) {
            boolean gone = false;
            while (!gone) {
                try {
                    gone = thread.join(Duration.ofMillis(JOIN));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                vm.cpus().forEach(VirtualCpu::kick);
            }
        }
    }
}
