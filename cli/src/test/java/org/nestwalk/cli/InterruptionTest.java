package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.LACKEY;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import org.nestwalk.traces.stats.TraceStatistics;

/// Ctrl-C ends long reading early, and what was read is told.
class InterruptionTest {
    @Test
    void aTraceEndsWhereItIsInterrupted() {
        StringWriter err = new StringWriter();
        try (Interruption interruption = new Interruption();
                TraceReader reader =
                        UntilInterrupted.of(
                                Traces.open(Path.of(LACKEY)), interruption, new PrintWriter(err))) {
            long read = TraceStatistics.of(reader, done -> interruption.request()).counts().total();

            assertThat(read).isBetween(1L, 169_999L);
            assertThat(err.toString())
                    .contains("interrupted; this is of the first %,d accesses".formatted(read));
            assertThat(reader.digest()).as("the rest is not read for it").contains("interrupted");
        }
    }

    @Test
    void textEndsAfterTheLineThatIsInterrupted() throws IOException {
        try (Interruption interruption = new Interruption();
                Reader slow =
                        new StringReader("one\ntwo\nthree\n") {
                            @Override
                            public int read(char[] buffer, int offset, int length)
                                    throws IOException {
                                return super.read(buffer, offset, Math.min(length, 6));
                            }
                        };
                Reader text = UntilInterrupted.of(slow, interruption)) {
            char[] first = new char[6];
            assertThat(text.read(first)).isEqualTo(6);
            interruption.request();
            List<String> rest = new BufferedReader(text).lines().toList();

            assertThat(new String(first)).isEqualTo("one\ntw");
            assertThat(rest).containsExactly("o");
        }
    }
}
