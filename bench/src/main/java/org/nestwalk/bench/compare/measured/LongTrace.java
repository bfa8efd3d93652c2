package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// A trace of as many accesses as are wanted: recorded programs one after the other, over and over,
/// as if they were one.
public final class LongTrace {
    private static final List<String> EXAMPLES =
            List.of("cc1", "perl", "python", "sort", "sqlite", "xz");

    private LongTrace() {}

    /// Writes the file `args[0]`, unless it is there, with `args[1]` accesses.
    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        if (Files.exists(file)) {
            return;
        }
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            write(partial, Long.parseLong(args[1]));
            Files.move(partial, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, long accesses) {
        try (NwtWriter writer = NwtWriter.create(file, NwtHeader.UNKNOWN)) {
            TraceBlock block = new TraceBlock();
            for (int turn = 0; writer.accesses() < accesses; turn++) {
                Path example = Path.of("examples", EXAMPLES.get(turn % EXAMPLES.size()) + ".nwt");
                try (TraceReader reader = Traces.open(example)) {
                    while (writer.accesses() < accesses && reader.read(block) > 0) {
                        long left = accesses - writer.accesses();
                        writer.write(block, (int) Math.min(block.count, left));
                    }
                }
            }
            writer.finish();
        }
    }
}
