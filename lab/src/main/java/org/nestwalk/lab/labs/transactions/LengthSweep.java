package org.nestwalk.lab.labs.transactions;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// Abort rate against length, where interrupts are all that aborts: loads of 16 KiB, which the
/// first cache holds, in memory that is backed.
public final class LengthSweep {
    /// Interrupts per cycle with which the sweep can be made: below, hardly any transaction is
    /// struck.
    static final double LOWEST_RATE = 1e-5;

    /// The upper bound.
    static final double HIGHEST_RATE = 1e-3;

    private static final long BASE = 0x40_0000_0000L;
    private static final long LINES = 256;
    private static final int ATTEMPTS = 2_000;
    private static final int POINTS = 12;
    private static final int LEAST_POINTS = 3;
    private static final double LONGEST_STRIKES = 1.6;
    private static final double CYCLES_OF_AN_ACCESS = 4;

    /// One length.
    ///
    /// @param length accesses
    /// @param cycles of an attempt that commits
    /// @param attempts made
    /// @param abortRate aborts by attempt
    /// @param expected 1 - exp(-rate x cycles) for the planted rate
    public record Point(int length, double cycles, long attempts, double abortRate, double expected)
            implements CaseRow {}

    private LengthSweep() {}

    /// The sweep on a processor, one length after the other.
    ///
    /// @param settings of which the rate of interrupts is what is looked for
    static List<Function<Meter, List<Point>>> parts(
            ProcessorModel model, TransactionSettings settings) {
        List<Function<Meter, List<Point>>> parts = new ArrayList<>();
        for (int i = POINTS - 1; i >= 0; i--) {
            int number = i;
            parts.add(meter -> List.of(point(model, settings, number, meter)));
        }
        return parts;
    }

    /// The rate of interrupts that follows from the abort rates; null if they are fewer than three,
    /// or all the same.
    static @Nullable ExponentialFit fit(List<Point> points) {
        if (points.size() < LEAST_POINTS
                || points.stream().mapToDouble(Point::abortRate).distinct().count() == 1) {
            return null;
        }
        return ExponentialFit.of(
                points.stream()
                        .map(p -> new ExponentialFit.Point(p.cycles(), p.abortRate()))
                        .toList());
    }

    /// How many accesses that takes.
    static long accesses(TransactionSettings settings) {
        return IntStream.range(0, POINTS)
                .mapToLong(i -> (long) length(settings, i) * ATTEMPTS)
                .sum();
    }

    private static int length(TransactionSettings settings, int number) {
        double longest =
                Math.min(
                        TransactionSettings.LONGEST,
                        LONGEST_STRIKES / settings.interruptRate() / CYCLES_OF_AN_ACCESS);
        return (int) Math.max(1, longest / StrictMath.pow(2, number / 2.0));
    }

    private static Point point(
            ProcessorModel model, TransactionSettings settings, int number, Meter meter) {
        int length = length(settings, number);
        try (PreparedGuest guest =
                new PreparedGuest(
                        model,
                        1,
                        BASE,
                        LINES << 6,
                        PageSize.SIZE_2M,
                        new Eager(PageSize.SIZE_2M),
                        settings.seed())) {
            guest.run(new Repeated(LINES, LengthSweep::load));
            TransactionSettings own =
                    new TransactionSettings(
                            length,
                            0,
                            settings.interruptRate(),
                            settings.suppressed(),
                            settings.beginCycles(),
                            settings.commitCycles(),
                            settings.abortCycles(),
                            settings.seed() + number);
            guest.useTransactions(own);
            // Whole transactions only: a block of the program is a multiple of them.
            long[] block = new long[length];
            for (int i = 0; i < length; i++) {
                block[i] = load(i);
            }
            for (int i = 0; i < ATTEMPTS && meter.add(length); i++) {
                guest.vm().cpus().getFirst().run(block, 0, length);
            }
            TransactionCounts counts = guest.counts();
            double cycles = (double) counts.committedCycles / Math.max(1, counts.commits);
            return new Point(
                    length,
                    cycles,
                    counts.attempts,
                    counts.abortRate(),
                    -StrictMath.expm1(-settings.interruptRate() * cycles));
        }
    }

    private static long load(long number) {
        return Access.pack(Access.LOAD, BASE + (number % LINES << 6));
    }
}
