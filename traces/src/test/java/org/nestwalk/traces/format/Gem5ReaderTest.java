package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class Gem5ReaderTest {
    @TempDir Path directory;

    /// Writes messages of protocol buffers.
    private static final class Messages {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Messages() {
            bytes.writeBytes("gem5".getBytes(StandardCharsets.US_ASCII));
        }

        static void varint(ByteArrayOutputStream out, long value) {
            long rest = value;
            while (rest >>> 7 != 0) {
                out.write((int) rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        Messages message(byte[] message) {
            varint(bytes, message.length);
            bytes.writeBytes(message);
            return this;
        }

        /// Pairs of a field's number and its value.
        Messages numbers(long... fields) {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            for (int i = 0; i < fields.length; i += 2) {
                varint(message, fields[i] << 3);
                varint(message, fields[i + 1]);
            }
            return message(message.toByteArray());
        }

        Messages header(boolean names) {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            message.writeBytes(new byte[] {0x0A, 3, 's', 'y', 's', 0x10, 0, 0x18, 1});
            if (names) {
                message.writeBytes(new byte[] {0x22, 4, 8, 1, 0x12, 0});
            }
            return message(message.toByteArray());
        }
    }

    private TraceReader open(byte[] bytes) throws IOException {
        return Traces.open(Files.write(directory.resolve("trace"), bytes));
    }

    private static byte[] packets() {
        return new Messages()
                .header(true)
                .numbers(1, 10, 2, 1, 3, 0x1000, 4, 64, 5, 0x100)
                .numbers(1, 20, 2, 1, 3, 0xffff_8000_0000_0000L, 4, 8, 6, 77, 7, 0x1000)
                .numbers(1, 30, 2, 4, 3, 0x3000, 4, 4)
                .numbers(1, 40, 2, 5, 3, 0x3000, 4, 4)
                .numbers(1, 50, 2, 30, 3, 0x3000, 4, 4)
                .bytes
                .toByteArray();
    }

    @Test
    void readsAndWritesAreAccessesAndTheRestIsCounted() throws IOException {
        TraceReader reader = open(packets());

        assertThat(Samples.all(reader))
                .containsExactly(
                        new One(0x1000, AccessInfo.pack(Access.FETCH, 64, 0)),
                        new One(0xffff_8000_0000_0000L, AccessInfo.pack(Access.LOAD, 8, 0)),
                        new One(0x3000, AccessInfo.pack(Access.STORE, 4, 0)));
        assertThat(reader.info().format()).isEqualTo(TraceFormat.GEM5);
        assertThat(reader.info().warnings())
                .contains("2 packets are neither ReadReq nor WriteReq and were left out");
    }

    @Test
    void aCutTraceIsAnError() throws IOException {
        byte[] whole = packets();
        int[] lost = {1, 5, 9};
        for (int n : lost) {
            assertThatThrownBy(() -> Samples.all(open(Arrays.copyOf(whole, whole.length - n))))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("the trace ends inside a message");
        }
    }

    @Test
    void instructionTracesAreNamed() {
        byte[] bytes = new Messages().numbers(2, 0, 3, 1, 4, 1).bytes.toByteArray();

        assertThatThrownBy(() -> open(bytes))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("this is a gem5 trace of instructions, not of packets");
    }

    @Test
    void damagedMessagesAreErrors() {
        byte[] noSize = new Messages().header(false).numbers(2, 1, 3, 5).bytes.toByteArray();
        assertThatThrownBy(() -> Samples.all(open(noSize)))
                .hasMessageContaining("a packet without a command or a size");
        byte[] large = new Messages().header(false).numbers(2, 1, 4, 70_000).bytes.toByteArray();
        assertThatThrownBy(() -> Samples.all(open(large)))
                .hasMessageContaining("a packet of 70000 bytes");
        byte[] wire = new Messages().header(false).message(new byte[] {0x0F}).bytes.toByteArray();
        assertThatThrownBy(() -> Samples.all(open(wire))).hasMessageContaining("no wire type 7");
    }
}
