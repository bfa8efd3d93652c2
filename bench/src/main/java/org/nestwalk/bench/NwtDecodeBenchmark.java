package org.nestwalk.bench;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// How fast `.nwt` decodes, so that reading a trace never costs more than simulating it.
///
/// One operation decodes a whole example trace, of 15 to 80 million accesses; their numbers are in
/// `examples/README.md`. Run in the project's directory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class NwtDecodeBenchmark {
    /// The example's name.
    @Param({"sqlite", "cc1", "python", "perl", "sort", "xz"})
    public String example = "sqlite";

    /// Decodes all accesses; returns the sum of the addresses, so that none is optimised away.
    @Benchmark
    public long decode() {
        TraceBlock block = new TraceBlock();
        long checksum = 0;
        try (TraceReader reader = Traces.open(Path.of("examples", example + ".nwt"))) {
            while (reader.read(block) > 0) {
                for (int i = 0; i < block.count; i++) {
                    checksum += block.address[i];
                }
            }
        }
        return checksum;
    }
}
