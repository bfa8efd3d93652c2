package org.nestwalk.bench;

import java.util.concurrent.TimeUnit;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one cold walk costs, every one made in full by the exact walker: on uniformly random
/// accesses to a machine without walk caches, nearly every one of which misses the TLBs. 24
/// references for `nested:4K/4K`, 4 for `native:4K`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class WalkerBenchmark {
    private static final int WALKS = 1 << 20;
    private static final ProcessorModel MACHINE =
            Machines.named("yardstick").model().withoutWalkCaches();

    /// The setup.
    @Param({"nested:4K/4K", "nested:2M/2M", "native:4K"})
    public String setup = "nested:4K/4K";

    private long[] accesses = {};
    private Mmu mmu = Streams.processor(MACHINE, setup);

    /// Maps what will be walked.
    @Setup(Level.Trial)
    public void prepare() {
        accesses = Streams.of("yardstick-gups", WALKS);
        mmu = Streams.processor(MACHINE, setup);
        mmu.run(accesses, 0, WALKS);
        Streams.print(setup, Streams.checksum(mmu.counts()));
    }

    /// Walks for all but the few accesses that hit; returns the references made so far.
    @Benchmark
    @OperationsPerInvocation(WALKS)
    public long walk() {
        mmu.run(accesses, 0, WALKS);
        return mmu.counts().walks.references();
    }
}
