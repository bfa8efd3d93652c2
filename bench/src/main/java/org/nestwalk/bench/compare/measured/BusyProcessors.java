package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How many processors other processes, or other guests of the same host, keep busy meanwhile.
final class BusyProcessors {
    private static final Path STATISTICS = Path.of("/proc/stat");
    private static final double TICK = 0.01;
    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int STOLEN = 8;

    private BusyProcessors() {}

    /// Processors that others used on average during `work`; 0 where the kernel does not tell.
    static double during(Runnable work) {
        double before = busySeconds();
        Clock.Times times = Clock.both(work);
        return Math.max(0, (busySeconds() - before - times.process()) / times.wall());
    }

    /// Seconds that all processors together were not idle, stolen ones among them.
    private static double busySeconds() {
        try {
            String[] fields = Files.readAllLines(STATISTICS).getFirst().trim().split(" +", -1);
            double ticks = 0;
            for (int i = 1; i <= STOLEN; i++) {
                ticks += i == IDLE || i == WAITING ? 0 : Double.parseDouble(fields[i]);
            }
            return ticks * TICK;
        } catch (IOException e) {
            return 0;
        }
    }
}
