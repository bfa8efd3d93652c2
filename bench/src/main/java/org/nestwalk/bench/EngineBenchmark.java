package org.nestwalk.bench;

import java.util.concurrent.TimeUnit;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.Mmu;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How many accesses a second the whole engine simulates on one thread: TLBs, walk caches, walks
/// and the account.
///
/// An iteration runs the first two million accesses of a stream again on the same processor, whose
/// tables are complete after the first, so that scores are those of long runs.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class EngineBenchmark {
    private static final int ACCESSES = 2_000_000;

    /// The stream.
    @Param({"yardstick-gups", "yardstick-zipf", "yardstick-seq"})
    public String stream = "yardstick-gups";

    /// The machine; `yardstick` has a flat memory, the others model data caches.
    @Param({"yardstick", "skylake-sp"})
    public String machine = "yardstick";

    /// The setup.
    @Param({"nested:4K/4K", "native:4K"})
    public String setup = "nested:4K/4K";

    private long[] accesses = {};
    private Mmu mmu = Streams.processor(Machines.named(machine).model(), setup);

    /// Makes the stream, and runs it once on a new processor.
    @Setup(Level.Trial)
    public void prepare() {
        accesses = Streams.of(stream, ACCESSES);
        mmu = Streams.processor(Machines.named(machine).model(), setup);
        mmu.run(accesses, 0, ACCESSES);
        Streams.print(stream + " " + machine + " " + setup, Streams.checksum(mmu.counts()));
    }

    /// Says that accesses were not lost.
    @TearDown(Level.Trial)
    public void check() {
        if (mmu.counts().accesses() % ACCESSES != 0) {
            throw new IllegalStateException("accesses were lost");
        }
    }

    /// Runs the stream.
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public long run() {
        mmu.run(accesses, 0, ACCESSES);
        return mmu.counts().walks.walks;
    }
}
