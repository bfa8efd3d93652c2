package org.nestwalk.bench.compare.measured;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// Processor time and wall-clock time. Processor time is what a shared machine disturbs least.
final class Clock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Clock() {}

    /// Seconds of processor time that `work` takes on this thread.
    static double ofThread(Runnable work) {
        long begin = THREADS.getCurrentThreadCpuTime();
        work.run();
        return (THREADS.getCurrentThreadCpuTime() - begin) / 1e9;
    }

    /// Seconds of processor time that all threads of this process take during `work`: whoever hands
    /// work to another thread gains nothing by it.
    static double ofProcess(Runnable work) {
        long begin = SYSTEM.getProcessCpuTime();
        work.run();
        return (SYSTEM.getProcessCpuTime() - begin) / 1e9;
    }

    /// Seconds on the clock on the wall.
    static double onWall(Runnable work) {
        return both(work).wall;
    }

    /// What work took.
    ///
    /// @param wall seconds on the clock on the wall
    /// @param process seconds of processor time of this process
    record Times(double wall, double process) {}

    /// What `work` takes, by both clocks.
    static Times both(Runnable work) {
        long begin = System.nanoTime();
        double process = ofProcess(work);
        return new Times((System.nanoTime() - begin) / 1e9, process);
    }
}
