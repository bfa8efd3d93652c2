package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;

class PluginStreamTest {
    private static final long REPEATS = 1;

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
        packets.putLong((2L << 28) | (100L << 32)).putLong(data(0, false, 0, 0x9000));

        assertThat(read()).containsExactly(new One(0x7000, AccessInfo.pack(Access.LOAD, 1, 0)));
    }

    @Test
    void joinsTheTextOfMappings() {
        packets.putLong((3L << 28) | (1L << 32))
                .put("1000-200".getBytes(StandardCharsets.US_ASCII));
        packets.putLong((3L << 28) | (1L << 32))
                .put("0\n\0\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
        PluginStream stream = stream();
        TraceBlock block = new TraceBlock();

        assertThat(stream.read(block)).isZero();
        assertThat(stream.mapsAfter()).isEqualTo("1000-2000\n");
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
        return new PluginStream(
                new ByteArrayInputStream(Arrays.copyOf(packets.array(), packets.position())));
    }

    private void block(long number, long... instructions) {
        packets.putLong((1L << 28) | ((instructions.length + 1L) << 32)).putLong(number);
        Arrays.stream(instructions).forEach(packets::putLong);
    }

    private void events(long thread, long... words) {
        packets.putLong((2L << 28) | thread | ((long) words.length << 32));
        Arrays.stream(words).forEach(packets::putLong);
    }

    private static long instruction(long address, long size) {
        return (address << 5) | (size << 1);
    }

    private static long began(long block) {
        return Long.MIN_VALUE | block;
    }

    private static long data(long instruction, boolean store, long shift, long address) {
        return (instruction << 53) | (store ? 1L << 52 : 0) | (shift << 48) | address;
    }

    private static One fetch(long address, int size, int thread) {
        return new One(address, AccessInfo.pack(Access.FETCH, size, thread));
    }
}
