package org.nestwalk.lab.fork;

import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;

/// How long the exits take in which pages are copied. Several virtual machines may be observed at
/// once.
final class CopyTimes implements ExitObserver {
    private static final int DIGITS = 4;

    private final double gigahertz;
    private final Histogram times = new Histogram(DIGITS);
    private final Map<VirtualCpu, Long> copying = new HashMap<>();

    /// @param gigahertz cycles of accounts in a nanosecond
    CopyTimes(double gigahertz) {
        this.gigahertz = gigahertz;
    }

    /// Watches the exits of `vm` from now on.
    synchronized void watch(VirtualMachine vm) {
        for (VirtualCpu cpu : vm.cpus()) {
            copying.put(cpu, cpu.account().cycles(Cost.HOST_COPYING));
        }
        vm.observe(this);
    }

    @Override
    public synchronized void exited(VirtualCpu cpu, ExitReason reason, long exitCycles) {
        long now = cpu.account().cycles(Cost.HOST_COPYING);
        Long before = copying.put(cpu, now);
        if (before != null && now > before) {
            times.recordValue(Math.round(exitCycles / gigahertz));
        }
    }

    /// In nanoseconds.
    synchronized Spread spread() {
        return Spread.of(times);
    }
}
