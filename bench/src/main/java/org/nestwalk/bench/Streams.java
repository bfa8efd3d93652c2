package org.nestwalk.bench;

import java.util.Arrays;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What benchmarks run: generated streams in memory, and setups to run them.
public final class Streams {
    private Streams() {}

    /// The first `count` accesses of `program`.
    public static long[] of(String program, int count) {
        AccessSource source = ProgramSpec.parse(program).open();
        long[] accesses = new long[count];
        long[] block = new long[Math.min(count, 1 << 15)];
        int filled = 0;
        while (filled < count) {
            int read = source.next(block);
            if (read == 0) {
                return Arrays.copyOf(accesses, filled);
            }
            int used = Math.min(read, count - filled);
            System.arraycopy(block, 0, accesses, filled, used);
            filled += used;
        }
        return accesses;
    }

    /// A new processor of `machine` on `setup`, with nothing mapped yet.
    public static Mmu processor(ProcessorModel machine, String setup) {
        SetupContext context = new SetupContext(machine, "contiguous", "contiguous", 1, 4, 4);
        Setup made = Setups.parse(setup).apply(context);
        return made.mmu();
    }

    /// What must be the same in every run of the same stream.
    public static long checksum(MmuCounts counts) {
        long sum = counts.accesses();
        sum = 31 * sum + counts.l1Misses();
        sum = 31 * sum + counts.walks.walks;
        sum = 31 * sum + counts.walks.references();
        return 31 * sum + counts.walkCycles;
    }

    /// Prints a checksum beside the benchmark's score.
    public static void print(String what, long checksum) {
        System.out.printf("%n  checksum of %s: %016x%n", what, checksum);
    }
}
