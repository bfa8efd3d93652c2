package org.nestwalk.lab.vm;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.VirtualCpu;

/// How long exits take, by reason: histograms with four significant digits, exact up to 16,384
/// cycles.
final class Latencies implements ExitObserver {
    private static final int DIGITS = 4;

    private final Map<ExitReason, Histogram> histograms = new EnumMap<>(ExitReason.class);

    @Override
    public void exited(VirtualCpu cpu, ExitReason reason, long cycles) {
        histograms.computeIfAbsent(reason, _ -> new Histogram(DIGITS)).recordValue(cycles);
    }

    /// Forgets all exits until now.
    void reset() {
        histograms.clear();
    }

    /// The percentiles of exits for `reason`; zeroes if there were none.
    VmResult.Percentiles of(ExitReason reason) {
        Histogram histogram = histograms.get(reason);
        if (histogram == null) {
            return new VmResult.Percentiles(0, 0, 0, 0);
        }
        return new VmResult.Percentiles(
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getMaxValue());
    }
}
