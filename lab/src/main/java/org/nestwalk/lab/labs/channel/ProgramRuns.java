package org.nestwalk.lab.labs.channel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.labs.channel.defence.ProgramCosts;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.model.ProcessorModel;

/// Runs programs and traces as a victim that defends itself would: with large pages, with small
/// ones, and with everything emptied at switches, of which there are 1,000 a second (assumption: a
/// timer's interrupts).
final class ProgramRuns {
    private static final int LEVELS = 4;
    private static final int BLOCK = 4_096;
    private static final double SWITCHES_PER_SECOND = 1_000;
    private static final double GIGA = 1e9;
    private static final long MOST_FOOTPRINT = 16L << 30;

    private final ProcessorModel model;
    private final long limit;
    private final long seed;
    private final Meter meter;

    /// @param limit most accesses of a run
    /// @param meter hears of `limit` accesses a run, three runs a program; if it asks to end, a run
    ///   is cut short
    ProgramRuns(ProcessorModel model, long limit, long seed, Meter meter) {
        this.model = model;
        this.limit = limit;
        this.seed = seed;
        this.meter = meter;
    }

    /// The costs of a program or trace.
    ///
    /// @throws org.nestwalk.InputException if there is none
    ProgramCosts of(String program) {
        return new ProgramCosts(
                run(program, "2M", false), run(program, "4K", false), run(program, "2M", true));
    }

    private ProgramCosts.Run run(String program, String pages, boolean flushed) {
        VictimMemory victim = new VictimMemory(model, pages, seed);
        double interval = model.costs().frequencyGHz() * GIGA / SWITCHES_PER_SECOND;
        double next = flushed ? interval : Double.POSITIVE_INFINITY;
        long cycles = 0;
        long walks = 0;
        long cyclesOfWalks = 0;
        long made = 0;
        long[] block = new long[BLOCK];
        try (Workload workload = Workloads.open(program, null, LEVELS)) {
            touch(
                    victim,
                    workload.program(),
                    pages.equals("2M") ? PageSize.SIZE_2M : PageSize.SIZE_4K);
            AccessSource source = workload.open();
            boolean goOn = true;
            for (int count = source.next(block); count > 0 && made < limit && goOn; ) {
                count = (int) Math.min(count, limit - made);
                for (int i = 0; i < count; i++) {
                    long taken = victim.access(block[i]);
                    cycles += taken;
                    if (victim.walked()) {
                        walks++;
                        cyclesOfWalks += taken;
                    }
                    if (cycles >= next) {
                        victim.flush();
                        next += interval;
                    }
                }
                made += count;
                goOn = meter.add(count);
                count = source.next(block);
            }
        }
        meter.add(limit - made);
        return new ProgramCosts.Run(cycles, walks, cyclesOfWalks);
    }

    /// Touches all pages of a generated program, as if it had run for long: no flag is left to set.
    /// A trace is what it is.
    private static void touch(VictimMemory victim, @Nullable Program program, PageSize size) {
        if (program == null) {
            return;
        }
        long base = program.base();
        long bytes = program.footprint();
        if (bytes > MOST_FOOTPRINT) {
            throw new InputException(
                    "program %s: a footprint of %s is not %s or less"
                            .formatted(
                                    program.name(),
                                    Quantities.formatSize(bytes),
                                    Quantities.formatSize(MOST_FOOTPRINT)));
        }
        for (long offset = 0; offset < bytes; offset += size.bytes()) {
            victim.access(Access.pack(Access.MODIFY, base + offset));
        }
    }
}
