package org.nestwalk.bench;

import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.tlb.Tlb;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
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

/// What a TLB costs by itself: a look-up for each access and a fill after each miss, under the
/// replacement policies that real geometries use.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class TlbBenchmark {
    private static final int ACCESSES = 1 << 20;

    /// The stream.
    @Param({"yardstick-gups", "yardstick-zipf"})
    public String stream = "yardstick-zipf";

    /// Entries and ways: narrow sets, and a fully associative one.
    @Param({"64x4", "1536x12", "96x96"})
    public String geometry = "1536x12";

    private final TranslationContexts contexts = new TranslationContexts();
    private final int context = contexts.of(0, 0, TranslationContexts.NO_EPT);
    private long[] accesses = {};
    private Tlb tlb = newTlb();

    /// Makes the stream.
    @Setup(Level.Trial)
    public void prepare() {
        accesses = Streams.of(stream, ACCESSES);
        tlb = newTlb();
        Streams.print(stream + " " + geometry, hits());
    }

    /// Looks every access up; returns the number of hits.
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public long hits() {
        long hits = 0;
        for (long access : accesses) {
            long gva = Access.address(access);
            if (tlb.lookup(gva, context) == Translation.MISS) {
                tlb.fill(gva, context, Translation.of(gva & (1L << 47) - 1, 0, 0, 0, 0));
            } else {
                hits++;
            }
        }
        return hits;
    }

    private Tlb newTlb() {
        String[] numbers = geometry.split("x", -1);
        Geometry shape =
                new Geometry(
                        Integer.parseInt(numbers[0]),
                        Integer.parseInt(numbers[1]),
                        Replacement.LRU);
        return new Tlb(
                new TlbModel("TLB", Serves.BOTH, EnumSet.of(PageSize.SIZE_4K), shape, 0),
                contexts,
                1);
    }
}
