package org.nestwalk.lab.labs.encryption;

import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.encryption.EncryptionResult.InCache;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// A pass over memory for most of the last-level cache, which is more than TLBs reach: every page
/// is walked for again, and caches serve the walks.
final class CachedProgram {
    private static final double SHARE_OF_CACHE = 0.75;
    private static final int LINE = 64;

    private CachedProgram() {}

    /// Runs it without encryption, and with an adder of so many cycles.
    ///
    /// @throws EndedEarly if `meter` says so
    static InCache run(ProcessorModel model, int adder, long seed, Meter meter) {
        long lastLevel =
                model.memory().caches().isEmpty()
                        ? LINE
                        : (long) model.memory().caches().getLast().geometry().entries() * LINE;
        long lines = Math.max(LINE, (long) (lastLevel * SHARE_OF_CACHE) / LINE);
        String program =
                "sequential:footprint=%d,stride=%d,accesses=%d"
                        .formatted(lines * LINE, LINE, lines);
        meter.begin(4 * lines);
        TimedProgram timed = new TimedProgram(model, program, "4K/4K", seed);
        MmuCounts plain = timed.runAgain(null);
        if (!meter.add(2 * lines)) {
            throw new EndedEarly();
        }
        MmuCounts counts =
                timed.runAgain(new EncryptionDelay(adder, EncryptionScope.WHOLE_MEMORY, 0));
        meter.add(2 * lines);
        return new InCache(
                program,
                counts.walks.references(),
                memoryReferences(counts, model),
                timed.cycles(counts) - timed.cycles(plain));
    }

    private static long memoryReferences(MmuCounts counts, ProcessorModel model) {
        int memory = model.memory().caches().size();
        return counts.walks.guestServed[memory] + counts.walks.secondServed[memory];
    }
}
