package org.nestwalk.bench.ab;

import java.nio.file.Path;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

/// Decoding of a whole trace, of any format.
final class DecodeRun {
    private final Path trace;
    private long checksum;

    private DecodeRun(Path trace) {
        this.trace = trace;
    }

    /// Decodes the file `args[0]`.
    public static void main(String[] args) {
        DecodeRun run = new DecodeRun(Path.of(args[0]));
        double rate = Rate.of(run::pass);
        Rate.print(rate, run.checksum);
    }

    private long pass() {
        TraceBlock block = new TraceBlock();
        long sum = 0;
        long accesses = 0;
        try (TraceReader reader = Traces.open(trace)) {
            while (reader.read(block) > 0) {
                for (int i = 0; i < block.count; i++) {
                    sum += block.address[i] + block.info[i];
                }
                accesses += block.count;
            }
        }
        checksum = sum;
        return accesses;
    }
}
