package org.nestwalk.bench.compare.measured;

import java.util.List;
import org.nestwalk.bench.Streams;
import org.nestwalk.bench.compare.measured.SweepConfigurations.Configuration;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;

/// Rates of machine configurations in one virtual machine, which has run all of them before it
/// measures the first: what the JIT compiler knows of one must not slow the others.
public final class SweepMeasurement {
    private static final String SETUP = "nested:4K/4K";
    private static final int ACCESSES = 1_000_000;

    private SweepMeasurement() {}

    /// Measures the configurations named by `args`.
    public static void main(String[] args) {
        List<String> names = List.of(args);
        List<Configuration> configurations =
                SweepConfigurations.all().stream()
                        .filter(configuration -> names.contains(configuration.name()))
                        .toList();
        long[] accesses = Streams.of("yardstick-zipf", ACCESSES);
        for (Configuration configuration : configurations) {
            Mmu mmu = Streams.processor(configuration.machine(), SETUP);
            Repetition.times(2, 1, () -> pass(mmu, accesses));
        }
        Values values = new Values();
        for (Configuration configuration : configurations) {
            values.add(configuration.name(), rates(configuration.machine(), accesses));
        }
        System.out.print(values.text());
    }

    private static double[] rates(ProcessorModel machine, long[] accesses) {
        Mmu mmu = Streams.processor(machine, SETUP);
        // Maps the pages, and gives the compiler time.
        Repetition.times(2, 0.5, () -> pass(mmu, accesses));
        return Repetition.rates(
                accesses.length, Repetition.times(3, 0.5, () -> pass(mmu, accesses)));
    }

    private static double pass(Mmu mmu, long[] accesses) {
        return Clock.ofThread(() -> mmu.run(accesses, 0, accesses.length));
    }
}
