package org.nestwalk.traces;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Sample traces and helpers that tests share.
public final class Samples {
    private static final Path DIRECTORY = Path.of("src/test/resources/samples");

    /// `/bin/true` under DynamoRIO.
    public static final Path DRMEMTRACE = DIRECTORY.resolve("true.drmemtrace.zip");

    /// `/bin/true` under lackey.
    public static final Path LACKEY = DIRECTORY.resolve("true.lackey.gz");

    private Samples() {}

    /// One access, for comparison.
    public record One(long address, int info) {}

    /// All accesses of a trace, which is closed.
    public static List<One> all(TraceReader reader) {
        List<One> all = new ArrayList<>();
        TraceBlock block = new TraceBlock(1000);
        try (reader) {
            while (reader.read(block) > 0) {
                for (int i = 0; i < block.count; i++) {
                    all.add(new One(block.address[i], block.info[i]));
                }
            }
        }
        return all;
    }

    /// How many of the accesses are of each kind.
    public static long[] byKind(List<One> accesses) {
        long[] counts = new long[4];
        for (One access : accesses) {
            counts[AccessInfo.kind(access.info())]++;
        }
        return counts;
    }
}
