package org.nestwalk.bench.ab;

import org.nestwalk.bench.Streams;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.Mmu;

/// The engine alone on a stream in memory, after a first pass that maps its pages.
final class EngineRun {
    private static final int ACCESSES = 2_000_000;

    private EngineRun() {}

    /// Runs on the machine `args[0]` the stream `args[1]`.
    public static void main(String[] args) {
        long[] accesses = Streams.of(args[1], ACCESSES);
        Mmu mmu = Streams.processor(Machines.named(args[0]).model(), "nested:4K/4K");
        mmu.run(accesses, 0, ACCESSES);
        long checksum = Streams.checksum(mmu.counts());
        double rate =
                Rate.of(() -> {
                    mmu.run(accesses, 0, ACCESSES);
                    return ACCESSES;
                });
        Rate.print(rate, checksum);
    }
}
