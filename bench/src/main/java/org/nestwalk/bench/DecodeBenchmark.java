package org.nestwalk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
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

/// How fast traces decode, from the file to blocks of accesses, decompression included: reading a
/// trace must not cost more than simulating it.
///
/// The score is records a microsecond, as [DecodeInput] counts them; all formats hold the beginning
/// of the same example. Run in the project's directory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class DecodeBenchmark {
    /// The format.
    @Param({"NWT", "DRMEMTRACE", "CHAMPSIM", "LACKEY"})
    public DecodeInput format = DecodeInput.NWT;

    /// The example's name.
    @Param("cc1")
    public String example = "cc1";

    private Path directory = Path.of("");
    private Path trace = Path.of("");

    /// Writes the input.
    @Setup(Level.Trial)
    public void prepare() throws IOException {
        directory = Files.createTempDirectory("decode");
        trace = format.write(Path.of("examples", example + ".nwt"), directory);
        Streams.print(format + " of " + example, decode());
    }

    /// Removes it.
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        Files.delete(trace);
        Files.delete(directory);
    }

    /// Decodes all records; returns the sum of the addresses, so that none is optimised away.
    @Benchmark
    @OperationsPerInvocation(DecodeInput.RECORDS)
    public long decode() {
        TraceBlock block = new TraceBlock();
        long checksum = 0;
        try (TraceReader reader = Traces.open(trace)) {
            while (reader.read(block) > 0) {
                for (int i = 0; i < block.count; i++) {
                    checksum += block.address[i];
                }
            }
        }
        return checksum;
    }
}
