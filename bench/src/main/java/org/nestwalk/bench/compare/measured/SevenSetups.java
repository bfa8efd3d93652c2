package org.nestwalk.bench.compare.measured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.bench.Streams;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;

/// A trace or program under what `nestwalk run` compares unless told otherwise: its machine and
/// seven setups.
record SevenSetups(String trace) {
    /// What `nestwalk run` simulates unless told otherwise.
    static final ProcessorModel MACHINE = Machines.named("skylake-sp").model();

    private static final int BLOCK = 1 << 15;

    /// One comparison, from opening the trace to the result; returns the walks of all setups.
    long compare(int threads) {
        CompareOptions options =
                new CompareOptions(
                        MACHINE,
                        Setups.DEFAULT,
                        Long.MAX_VALUE,
                        0,
                        0,
                        1,
                        "contiguous",
                        "contiguous",
                        4,
                        4,
                        threads);
        try (Workload workload = Workloads.open(trace, null, 4)) {
            ComparisonResult result = new Comparison(options).run(workload, ProgressListener.NONE);
            return result.setups().stream().mapToLong(setup -> setup.counts().walks.walks).sum();
        }
    }

    /// All blocks of the trace, decoded.
    List<long[]> blocks() {
        List<long[]> blocks = new ArrayList<>();
        try (Workload workload = Workloads.open(trace, null, 4)) {
            AccessSource source = workload.open();
            long[] block = new long[BLOCK];
            int count = source.next(block);
            while (count > 0) {
                blocks.add(Arrays.copyOf(block, count));
                count = source.next(block);
            }
        }
        return blocks;
    }

    /// The engine alone: `blocks` under one setup after the other, each new; returns the walks of
    /// all.
    static long alone(List<long[]> blocks) {
        return alone(MACHINE, blocks);
    }

    /// The same on another machine.
    static long alone(ProcessorModel machine, List<long[]> blocks) {
        long walks = 0;
        for (String setup : Setups.DEFAULT) {
            Mmu mmu = Streams.processor(machine, setup);
            for (long[] block : blocks) {
                mmu.run(block, 0, block.length);
            }
            walks += mmu.counts().walks.walks;
        }
        return walks;
    }
}
