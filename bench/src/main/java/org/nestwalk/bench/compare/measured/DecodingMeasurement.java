package org.nestwalk.bench.compare.measured;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

/// How fast traces are decoded, decompression included: accesses read, and the seconds of processor
/// time of each pass over all files, in code that is compiled.
public final class DecodingMeasurement {
    private DecodingMeasurement() {}

    /// Decodes files of one format, one after the other: `args` are the format and the files.
    public static void main(String[] args) {
        TraceFormat format = TraceFormat.parse(args[0]);
        List<Path> files = Arrays.stream(args).skip(1).map(Path::of).toList();
        long accesses = decode(format, files);
        Repetition.times(2, 1, () -> Clock.ofProcess(() -> decode(format, files)));
        Values values = new Values().count("accesses", accesses);
        values.add(
                "seconds",
                Repetition.times(3, 1.5, () -> Clock.ofProcess(() -> decode(format, files))));
        System.out.print(values.text());
    }

    private static long decode(TraceFormat format, List<Path> files) {
        TraceBlock block = new TraceBlock();
        long accesses = 0;
        long checksum = 0;
        for (Path file : files) {
            try (TraceReader reader = Traces.open(file, format)) {
                while (reader.read(block) > 0) {
                    accesses += block.count;
                    checksum += block.address[block.count - 1] + block.info[0];
                }
            }
        }
        if (checksum == 0) {
            throw new IllegalStateException("nothing was decoded");
        }
        return accesses;
    }
}
