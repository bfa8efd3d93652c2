package org.nestwalk.kvm.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/// What the host's processors have done since it was started, in ticks of `/proc/stat`, of which
/// there are 100 a second; how busy others keep it is the difference of two.
///
/// @param busy ticks in which a processor did something
/// @param stolen ticks that a hypervisor below gave to others
/// @param all ticks
/// @param own ticks of this process
public record HostLoad(long busy, long stolen, long all, double own) {
    private static final double TICKS = 100;
    private static final int IDLE = 3;
    private static final int WAITING = 4;
    private static final int STOLEN = 7;
    private static final int FIELDS = 8;

    /// Now, by the files below `proc`; all are 0 where they do not say.
    public static HostLoad now(Path proc) {
        double own =
                ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis()
                        * TICKS
                        / 1e3;
        try (Stream<String> lines = Files.lines(proc.resolve("stat"))) {
            return of(lines.findFirst().orElse(""), own);
        } catch (IOException | UncheckedIOException e) {
            return new HostLoad(0, 0, 0, own);
        }
    }

    /// Of the first line of `/proc/stat` (proc_stat(5)): user, nice, system, idle, iowait, irq,
    /// softirq, steal, and times of guests, which user has among it.
    static HostLoad of(String line, double own) {
        String[] words = line.split("\\s+", -1);
        if (words.length <= FIELDS || !words[0].equals("cpu")) {
            return new HostLoad(0, 0, 0, own);
        }
        long[] ticks =
                Arrays.stream(words, 1, FIELDS + 1).mapToLong(Long::parseUnsignedLong).toArray();
        long all = Arrays.stream(ticks).sum();
        long stolen = ticks[STOLEN];
        return new HostLoad(all - ticks[IDLE] - ticks[WAITING] - stolen, stolen, all, own);
    }

    /// The part of all processors that others used since `earlier`; -1 if the host does not say.
    public double othersSince(HostLoad earlier) {
        double passed = all - earlier.all;
        return passed <= 0 ? -1 : Math.max(0, (busy - earlier.busy - (own - earlier.own)) / passed);
    }

    /// The part that was stolen since `earlier`; -1 if the host does not say.
    public double stolenSince(HostLoad earlier) {
        double passed = all - earlier.all;
        return passed <= 0 ? -1 : (stolen - earlier.stolen) / passed;
    }
}
