package org.nestwalk.traces;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.nestwalk.InputException;
import org.nestwalk.traces.format.TraceSink;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// Copies a trace into another format.
public final class Conversion {
    private Conversion() {}

    /// What was copied.
    ///
    /// @param read accesses of the source that were looked at
    /// @param written accesses in the copy
    /// @param losses sentences on what the copy does not hold; empty if it holds everything
    public record Result(long read, long written, List<String> losses) {
        /// Copies the list.
        public Result {
            losses = List.copyOf(losses);
        }
    }

    /// Copies at most `limit` accesses of `reader` to the file at `output`, in [TraceFormat#NWT],
    /// [TraceFormat#LACKEY] or [TraceFormat#RAW]. `.nwt` keeps what the source says of its program,
    /// machine and mappings, and its warnings. An [InputException] refuses other formats, and
    /// traces of several processes, which none of these tells apart.
    public static Result copy(
            TraceReader reader,
            Path output,
            TraceFormat format,
            long limit,
            LongConsumer progress) {
        requireTarget(format);
        try {
            OutputStream stream = Files.newOutputStream(output);
            return copy(reader, stream, output.toString(), format, limit, progress);
        } catch (IOException e) {
            throw new InputException(output + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }

    /// The same to `output`, which is closed, and which messages call `name`.
    public static Result copy(
            TraceReader reader,
            OutputStream output,
            String name,
            TraceFormat format,
            long limit,
            LongConsumer progress) {
        requireTarget(format);
        OutputStream buffered = new BufferedOutputStream(output, 1 << 16);
        if (format == TraceFormat.NWT) {
            return toNwt(reader, buffered, name, limit, progress);
        }
        try (TraceSink sink = new TraceSink(buffered, name, format == TraceFormat.LACKEY)) {
            long read = copy(reader, sink::write, limit, progress);
            List<String> losses = new ArrayList<>(sink.losses());
            if (reader.info().dependence()) {
                losses.add("which accesses depend on which is lost: nwt alone says it");
            }
            return new Result(read, sink.written(), losses);
        }
    }

    /// Whether traces can be converted to `format`.
    public static boolean isTarget(TraceFormat format) {
        return format == TraceFormat.NWT
                || format == TraceFormat.LACKEY
                || format == TraceFormat.RAW;
    }

    /// Checks that traces can be converted to `format`.
    ///
    /// @throws InputException if they cannot
    public static void requireTarget(TraceFormat format) {
        if (!isTarget(format)) {
            throw new InputException(
                    "traces can be converted to nwt, lackey and raw, not to " + format.label());
        }
    }

    private static Result toNwt(
            TraceReader reader,
            OutputStream output,
            String name,
            long limit,
            LongConsumer progress) {
        TraceInfo info = reader.info();
        NwtHeader header =
                new NwtHeader(
                        info.program(),
                        info.arguments(),
                        info.recorder(),
                        info.architecture(),
                        info.pageSize(),
                        info.dependence());
        try (NwtWriter writer = new NwtWriter(output, name, header)) {
            long copied = copy(reader, writer::write, limit, progress);
            TraceInfo all = reader.info();
            writer.mappings(all.mappings());
            writer.warnings(all.warnings());
            if (all.note() != null) {
                writer.warnings(List.of("it is a copy of a recording that was cut off"));
            }
            writer.finish();
            return new Result(copied, copied, List.of());
        }
    }

    private interface Target {
        void write(TraceBlock block, int count);
    }

    private static long copy(TraceReader reader, Target target, long limit, LongConsumer progress) {
        TraceBlock block = new TraceBlock();
        long copied = 0;
        while (copied < limit && reader.read(block) > 0) {
            reader.info().requireOneProcess();
            int count = (int) Math.min(block.count, limit - copied);
            target.write(block, count);
            copied += count;
            progress.accept(copied);
        }
        return copied;
    }
}
