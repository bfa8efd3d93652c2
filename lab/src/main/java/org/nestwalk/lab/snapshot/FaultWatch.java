package org.nestwalk.lab.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.nestwalk.hypervisor.lazy.LazyCounts;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.lab.fork.Spread;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.VirtualCpu;

/// Keeps when accesses waited for memory that was not loaded, and how long.
final class FaultWatch implements ExitObserver {
    private static final int INTERVALS = 20;
    private static final int DIGITS = 4;

    private final LazyMemory memory;
    private final LongSupplier clock;
    private final double gigahertz;
    private final Histogram waits = new Histogram(DIGITS);
    private final List<Fault> faults = new ArrayList<>();
    private long pages;
    private long waited;

    private record Fault(long at, long lasted) {}

    /// @param clock nanoseconds since the restore began
    /// @param gigahertz cycles of accounts in a nanosecond; 0 where waiting is measured, which has
    ///   all that an exit takes in it but entering the host
    FaultWatch(LazyMemory memory, LongSupplier clock, double gigahertz) {
        this.memory = memory;
        this.clock = clock;
        this.gigahertz = gigahertz;
    }

    @Override
    public void exited(VirtualCpu cpu, ExitReason reason, long cycles) {
        LazyCounts counts = memory.counts();
        if (counts.faultPages() > pages) {
            long exit = gigahertz == 0 ? 0 : Math.round(cycles / gigahertz);
            long lasted = counts.faultNanos() - waited + exit;
            waits.recordValue(lasted);
            faults.add(new Fault(clock.getAsLong(), lasted));
        }
        pages = counts.faultPages();
        waited = counts.faultNanos();
    }

    /// What there was up to `end`, nanoseconds since the restore began.
    FaultTail tail(long end) {
        if (faults.isEmpty()) {
            return FaultTail.NONE;
        }
        long[] counts = new long[INTERVALS];
        long[] most = new long[INTERVALS];
        for (Fault fault : faults) {
            int at = (int) Math.min(INTERVALS - 1, fault.at() * INTERVALS / Math.max(1, end));
            counts[at]++;
            most[at] = Math.max(most[at], fault.lasted());
        }
        List<FaultTail.Interval> intervals = new ArrayList<>();
        for (int i = 0; i < INTERVALS; i++) {
            intervals.add(new FaultTail.Interval(end * (i + 1) / INTERVALS, counts[i], most[i]));
        }
        return new FaultTail(Spread.of(waits), intervals);
    }
}
