package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;

class PluginStreamTest {
    @TempDir private Path folder = Path.of("");

    private static final long REPEATS = 1;

    private static final long SENT = 1L << 32;
    private static final int SLOT_BYTES = 8 * 4096;

    private final ByteBuffer slots =
            ByteBuffer.allocate(4 * SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer packets = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void putsFetchesBeforeTheDataOfTheirInstruction() {
        block(0, instruction(0x1000, 3), instruction(0x1003, 4), instruction(0x1007, 2));
        events(0, began(0), data(1, false, 3, 0x7000), data(1, true, 2, 0x7100), began(0));

        assertThat(read())
                .containsExactly(
                        fetch(0x1000, 3, 0),
                        fetch(0x1003, 4, 0),
                        new One(0x7000, AccessInfo.pack(Access.LOAD, 8, 0)),
                        new One(0x7100, AccessInfo.pack(Access.STORE, 4, 0)),
                        fetch(0x1007, 2, 0));
    }

    @Test
    void fetchesARepeatedStringInstructionOnce() {
        block(0, instruction(0x1000, 2) | REPEATS);
        events(
                0,
                began(0),
                data(0, true, 0, 0x7000),
                began(0),
                data(0, true, 0, 0x7001),
                began(0),
                data(0, true, 0, 0x7002));

        assertThat(read())
                .containsExactly(
                        fetch(0x1000, 2, 0),
                        new One(0x7000, AccessInfo.pack(Access.STORE, 1, 0)),
                        new One(0x7001, AccessInfo.pack(Access.STORE, 1, 0)),
                        new One(0x7002, AccessInfo.pack(Access.STORE, 1, 0)));
    }

    @Test
    void keepsThreadsApart() {
        block(0, instruction(0x1000, 1), instruction(0x1001, 1));
        block(1, instruction(0x2000, 1), instruction(0x2001, 1));
        events(0, began(0), data(0, false, 0, 0x7000));
        events(5, began(1), data(0, false, 0, 0x8000));
        events(0, data(1, false, 0, 0x7001));

        assertThat(read())
                .containsExactly(
                        fetch(0x1000, 1, 0),
                        new One(0x7000, AccessInfo.pack(Access.LOAD, 1, 0)),
                        fetch(0x2000, 1, 5),
                        new One(0x8000, AccessInfo.pack(Access.LOAD, 1, 5)),
                        fetch(0x1001, 1, 0),
                        new One(0x7001, AccessInfo.pack(Access.LOAD, 1, 0)));
    }

    @Test
    void endsAtAPacketThatIsCutShort() {
        events(0, data(0, false, 0, 0x7000));
        packets.putLong((2L << 28) | (2L << 32)).putLong(1);

        assertThat(read()).containsExactly(new One(0x7000, AccessInfo.pack(Access.LOAD, 1, 0)));
    }

    @Test
    void joinsTheTextOfMappings() {
        text(3, "1000-200");
        text(3, "0 rw-p 0 0 0\n");
        PluginStream stream = stream();
        TraceBlock block = new TraceBlock();

        assertThat(stream.read(block)).isZero();
        assertThat(stream.addresses().mappings()).containsExactly(new Mapping(0x1000, 0x2000, ""));
    }

    @Test
    void keepsWhatIsMappedAndWhatWasUnmapped() {
        text(4, "9000-a000 rw-p 0 0 0\n");
        text(3, "9000-a000 rw-p 0 0 0\n1000-2000 rw-p 0 0 0 /bin/x\n");
        packet(6, 0x20000, 0x28000, 1);
        packet(7, 0x20000, 0x28000);
        packet(6, 0x28000, 0x30000, 1);
        PluginStream stream = stream();

        assertThat(stream.read(new TraceBlock())).isZero();
        assertThat(stream.addresses().mappings())
                .containsExactly(
                        new Mapping(0x1000, 0x2000, "/bin/x"),
                        new Mapping(0x28000, 0x30000, ""),
                        new Mapping(0x20000, 0x28000, "(unmapped)"));
        assertThat(stream.addresses().mapped()).isEqualTo(0x10000);
        assertThat(stream.addresses().most()).isEqualTo(0x8000);
    }

    @Test
    void forgetsTheProgramThatExecutedAnother() {
        program("/bin/shim");
        block(0, instruction(0x1000, 3));
        events(0, began(0), data(0, false, 3, 0x7000));
        program("/bin/echo", "a b", "");
        block(0, instruction(0x2000, 3));
        events(0, began(0), data(0, false, 3, 0x8000));
        PluginStream stream = stream();
        TraceBlock block = new TraceBlock();

        assertThat(stream.read(block)).isEqualTo(2);
        assertThat(block.address[0]).isEqualTo(0x2000);
        assertThat(block.address[1]).isEqualTo(0x8000);
        assertThat(stream.executed()).containsExactly("/bin/echo", "a b", "");
    }

    @Test
    void readsWhatTheProgramHadNotSentWhenItDied() {
        block(0, instruction(0x1000, 3));
        slot(7, began(0), data(0, false, 3, 0x8000));
        slot(3 | SENT, began(0), data(0, true, 3, 0x7000));
        events(7, data(0, true, 2, 0x6000));

        assertThat(read())
                .containsExactly(
                        new One(0x6000, AccessInfo.pack(Access.STORE, 4, 7)),
                        fetch(0x1000, 3, 2),
                        new One(0x7000, AccessInfo.pack(Access.STORE, 8, 2)),
                        fetch(0x1000, 3, 6),
                        new One(0x8000, AccessInfo.pack(Access.LOAD, 8, 6)));
    }

    @Test
    void givesBackTheSlotsThatItHasRead() throws IOException {
        events(0, data(0, false, 0, 0x7000));
        events(0, data(0, false, 0, 0x7001));
        read();

        assertThat(Files.readAllBytes(folder.resolve("done"))).containsExactly(0, 0, 1, 0);
    }

    private void text(long type, String text) {
        byte[] padded =
                Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), text.length() + 7 & -8);
        packets.putLong((type << 28) | ((padded.length / 8L) << 32)).put(padded);
    }

    private void packet(long type, long... words) {
        packets.putLong((type << 28) | ((long) words.length << 32));
        Arrays.stream(words).forEach(packets::putLong);
    }

    private void program(String... words) {
        byte[] text = (String.join("\0", words) + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, text.length + 7 & -8);
        packets.putLong((5L << 28) | ((padded.length / 8L + 1) << 32));
        packets.putLong(text.length).put(padded);
    }

    private List<One> read() {
        List<One> accesses = new ArrayList<>();
        TraceBlock block = new TraceBlock();
        try (PluginStream stream = stream()) {
            while (stream.read(block) > 0) {
                for (int i = 0; i < block.count; i++) {
                    accesses.add(new One(block.address[i], block.info[i]));
                }
            }
        }
        return accesses;
    }

    private PluginStream stream() {
        try {
            Path file = folder.resolve("events");
            Files.write(file, Arrays.copyOf(slots.array(), slots.position()));
            return new PluginStream(
                    new ByteArrayInputStream(Arrays.copyOf(packets.array(), packets.position())),
                    new EventSlots(file, folder.resolve("done")),
                    true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void block(long number, long... instructions) {
        packets.putLong((1L << 28) | ((instructions.length + 1L) << 32)).putLong(number);
        Arrays.stream(instructions).forEach(packets::putLong);
    }

    private void events(long thread, long... words) {
        packets.putLong((2L << 28) | thread | (2L << 32));
        packets.putLong(slots.position() / SLOT_BYTES).putLong(words.length);
        slot(thread + 1 | SENT, words);
    }

    private void slot(long state, long... words) {
        int at = slots.position();
        slots.putLong(state).putLong(0);
        Arrays.stream(words).forEach(slots::putLong);
        slots.position(at + SLOT_BYTES);
    }

    private static long instruction(long address, long size) {
        return (address << 5) | (size << 1);
    }

    private static long began(long block) {
        return Long.MIN_VALUE | block;
    }

    private static long data(long instruction, boolean store, long shift, long address) {
        return (instruction << 53) | (store ? 1L << 52 : 0) | (8 | shift) << 48 | address;
    }

    private static One fetch(long address, int size, int thread) {
        return new One(address, AccessInfo.pack(Access.FETCH, size, thread));
    }
}
