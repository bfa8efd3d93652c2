package org.nestwalk.cli;

import java.io.FilterReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.util.Locale;
import org.nestwalk.Quantities;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;

/// Input that ends where the user interrupts its reading, so that a command goes on to what it has
/// to say of what there was so far.
final class UntilInterrupted {
    private UntilInterrupted() {}

    /// `reader` up to the interruption; `err` is told then how far it came.
    static TraceReader of(TraceReader reader, Interruption interruption, PrintWriter err) {
        return new TraceReader() {
            private long accesses;
            private boolean ended;

            @Override
            public int read(TraceBlock block) {
                if (interruption.isRequested() && !ended) {
                    ended = true;
                    err.printf(
                            Locale.ROOT,
                            "nestwalk: interrupted; this is of the first %s%n",
                            Quantities.counted(accesses, "access"));
                    err.flush();
                }
                if (ended) {
                    block.count = 0;
                    return 0;
                }
                int count = reader.read(block);
                accesses += count;
                return count;
            }

            @Override
            public TraceInfo info() {
                return reader.info();
            }

            @Override
            public String digest() {
                return ended ? "unknown, interrupted" : reader.digest();
            }

            @Override
            public long nonFetched() {
                return reader.nonFetched();
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    /// `text` up to the end of the line that is read when the interruption comes.
    static Reader of(Reader text, Interruption interruption) {
        return new FilterReader(text) {
            private boolean ended;

            @Override
            public int read(char[] buffer, int offset, int length) throws IOException {
                int count = ended ? -1 : super.read(buffer, offset, length);
                if (count > 0 && interruption.isRequested()) {
                    for (int i = count; i > 0; i--) {
                        if (buffer[offset + i - 1] == '\n') {
                            ended = true;
                            return i;
                        }
                    }
                }
                return count;
            }

            @Override
            public int read() throws IOException {
                char[] one = new char[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }
        };
    }
}
