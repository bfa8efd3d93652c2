package org.nestwalk.traces;

import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.nestwalk.InputException;
import org.nestwalk.traces.format.TraceSink;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// Copies a trace into another format.
public final class Conversion {
    private Conversion() {}

    /// Copies at most `limit` accesses of `reader` to the file at `output`, in [TraceFormat#NWT],
    /// [TraceFormat#LACKEY] or [TraceFormat#RAW], and returns how many were read. `.nwt` keeps what
    /// the source says of its program and mappings.
    public static long copy(
            TraceReader reader,
            Path output,
            TraceFormat format,
            long limit,
            LongConsumer progress) {
        return switch (format) {
            case NWT -> toNwt(reader, output, limit, progress);
            case LACKEY, RAW -> {
                try (TraceSink sink = new TraceSink(output, format == TraceFormat.LACKEY)) {
                    yield copy(reader, sink::write, limit, progress);
                }
            }
            default ->
                    throw new InputException(
                            "traces can be converted to nwt, lackey and raw, not to "
                                    + format.label());
        };
    }

    private static long toNwt(TraceReader reader, Path output, long limit, LongConsumer progress) {
        TraceInfo info = reader.info();
        NwtHeader header =
                new NwtHeader(
                        info.program(), info.arguments(), info.recorder(), info.architecture());
        try (NwtWriter writer = NwtWriter.create(output, header)) {
            long copied = copy(reader, writer::write, limit, progress);
            writer.mappings(info.mappings());
            writer.finish();
            return copied;
        }
    }

    private interface Target {
        void write(TraceBlock block, int count);
    }

    private static long copy(TraceReader reader, Target target, long limit, LongConsumer progress) {
        TraceBlock block = new TraceBlock();
        long copied = 0;
        while (copied < limit && reader.read(block) > 0) {
            int count = (int) Math.min(block.count, limit - copied);
            target.write(block, count);
            copied += count;
            progress.accept(copied);
        }
        return copied;
    }
}
