package org.nestwalk.hypervisor.migration.live;

import java.util.Arrays;
import java.util.function.LongSupplier;
import org.nestwalk.machine.VirtualMachine;

/// Drives a guest in virtual time: each CPU runs for as long as time has passed, by the clock of
/// its simulated processor. Used by one thread.
public final class VirtualDrive implements GuestDrive {
    private static final int MOST = 256;

    private final VirtualMachine vm;
    private final GuestCpus guest;
    private final LongSupplier clock;

    // What each CPU's clock shows when it has run for as long as it may.
    private final double[] due;
    private final boolean[] idle;

    // What an access took of late, by which turns end about when they are due.
    private final double[] perAccess;
    private boolean running;
    private long last;
    private long heldUntil;
    private double withheld;
    private double lost;
    private long longestWait;

    /// It stands still.
    ///
    /// @param clock virtual nanoseconds
    public VirtualDrive(VirtualMachine vm, GuestCpus guest, LongSupplier clock) {
        this.vm = vm;
        this.guest = guest;
        this.clock = clock;
        due = new double[vm.settings().cpus()];
        idle = new boolean[due.length];
        perAccess = new double[due.length];
        Arrays.fill(perAccess, 1);
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
        if (!running) {
            running = true;
            last = clock.getAsLong();
            for (int cpu = 0; cpu < due.length; cpu++) {
                due[cpu] = ran(cpu);
            }
        }
    }

    @Override
    public void stop() {
        if (running) {
            passTo(clock.getAsLong());
            running = false;
        }
    }

    @Override
    public void passTo(long now) {
        if (!running || now <= last) {
            return;
        }
        long held = Math.clamp(heldUntil - last, 0, now - last);
        longestWait = Math.max(longestWait, held);
        double own = (now - last - held) * (1 - withheld);
        lost += now - last - own;
        last = now;
        for (int cpu = 0; cpu < due.length; cpu++) {
            due[cpu] += own;
        }
        long before = clock.getAsLong();
        for (int cpu = lagging(); cpu >= 0; cpu = lagging()) {
            turn(cpu);
        }
        // Time in which it waited for pages was nobody's.
        last += clock.getAsLong() - before;
    }

    private void turn(int cpu) {
        long before = ran(cpu);
        int quantum = (int) Math.clamp((due[cpu] - before) / perAccess[cpu], 1, MOST);
        idle[cpu] = !guest.run(cpu, quantum);
        perAccess[cpu] = Math.max(1, (ran(cpu) - before) / (double) quantum);
    }

    /// The CPU that is furthest behind; -1 if none is.
    private int lagging() {
        int found = -1;
        double most = 0;
        for (int cpu = 0; cpu < due.length; cpu++) {
            double behind = idle[cpu] ? 0 : due[cpu] - ran(cpu);
            if (behind > most) {
                most = behind;
                found = cpu;
            }
        }
        return found;
    }

    private long ran(int cpu) {
        return vm.cpus().get(cpu).nanoseconds();
    }

    @Override
    public void withhold(double part) {
        withheld = part;
    }

    @Override
    public void holdUntil(long time) {
        heldUntil = time;
    }

    @Override
    public long lost() {
        return Math.round(lost);
    }

    @Override
    public long longestWait() {
        return longestWait;
    }

    @Override
    public void awaitEnd() {
        if (!running) {
            return;
        }
        boolean busy = true;
        while (busy) {
            busy = false;
            for (int cpu = 0; cpu < idle.length; cpu++) {
                idle[cpu] = idle[cpu] || !guest.run(cpu, MOST);
                busy |= !idle[cpu];
            }
        }
    }

    /// Whether no CPU has more to do.
    public boolean hasEnded() {
        for (boolean one : idle) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        running = false;
        Arrays.fill(idle, true);
    }
}
