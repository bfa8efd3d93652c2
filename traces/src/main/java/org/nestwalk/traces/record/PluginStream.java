package org.nestwalk.traces.record;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.format.ByteInput;
import org.nestwalk.traces.format.LittleEndian;

/// What our plugin inside QEMU sends, turned into accesses; `plugin.c` documents the packets.
///
/// The plugin tells which translation blocks begin and which data they access. The fetches of a
/// block's instructions are inserted here, before the data of each. Threads alternate packet by
/// packet, at most 4095 events at a time. A signal that ends a block early leaves the fetches of
/// its rest in the trace. Later iterations of a `rep` string instruction are not fetched again.
final class PluginStream implements AccessStream {
    private static final int BLOCK = 1;
    private static final int EVENTS = 2;
    private static final int MAPS_AFTER = 3;
    private static final int MAPS_BEFORE = 4;

    /// The most accesses one event can cause: all fetches of a block, and one of data.
    private static final int MAX_PER_EVENT = 1024;

    private static final long[] NO_INSTRUCTIONS = {};

    /// What a thread is executing.
    private static final class Progress {
        long[] instructions = NO_INSTRUCTIONS;
        int fetched;
        long lastFetch = -1;
    }

    private final ByteInput input;
    private final Progress[] threads = new Progress[AccessInfo.MAX_THREAD + 1];
    private final StringBuilder mapsBefore = new StringBuilder();
    private final StringBuilder mapsAfter = new StringBuilder();
    private long[][] blocks = new long[1 << 12][];
    private int eventsLeft;
    private int thread;
    private @Nullable Progress current;

    PluginStream(InputStream pipe) {
        input = new ByteInput(pipe, "the recorder's pipe");
        Arrays.fill(blocks, NO_INSTRUCTIONS);
    }

    @Override
    public int read(TraceBlock block) {
        block.count = 0;
        int room = block.capacity() - MAX_PER_EVENT;
        while (block.count <= room && (eventsLeft > 0 || nextPacket())) {
            if (eventsLeft > 0 && current != null) {
                events(block, current, room);
            }
        }
        return block.count;
    }

    @Override
    public String mapsBefore() {
        return mapsBefore.toString();
    }

    @Override
    public String mapsAfter() {
        return mapsAfter.toString();
    }

    /// Takes in packets other than events, and the head of one of events; false at the end.
    private boolean nextPacket() {
        if (!input.has(8)) {
            return false;
        }
        long head = LittleEndian.u64(input.buffer, input.position);
        int words = (int) (head >>> 32);
        if (words > 4096 || !input.has(8 * (words + 1))) {
            return false;
        }
        int at = input.position + 8;
        int end = at + 8 * words;
        switch ((int) head >>> 28) {
            case BLOCK -> defineBlock(at, end);
            case MAPS_BEFORE -> appendText(mapsBefore, at, end);
            case MAPS_AFTER -> appendText(mapsAfter, at, end);
            case EVENTS -> {
                thread = (int) head & AccessInfo.MAX_THREAD;
                if (threads[thread] == null) {
                    threads[thread] = new Progress();
                }
                current = threads[thread];
                eventsLeft = words;
                end = at;
            }
            default -> throw input.bad("an unknown packet");
        }
        input.position = end;
        return true;
    }

    private void defineBlock(int at, int end) {
        int number = (int) LittleEndian.u64(input.buffer, at);
        if (number >= blocks.length) {
            int known = blocks.length;
            blocks = Arrays.copyOf(blocks, Math.max(2 * known, number + 1));
            Arrays.fill(blocks, known, blocks.length, NO_INSTRUCTIONS);
        }
        long[] instructions = new long[(end - at) / 8 - 1];
        for (int i = 0; i < instructions.length; i++) {
            instructions[i] = LittleEndian.u64(input.buffer, at + 8 + 8 * i);
        }
        blocks[number] = instructions;
    }

    private void appendText(StringBuilder text, int at, int end) {
        String padded = new String(input.buffer, at, end - at, StandardCharsets.UTF_8);
        int zeros = padded.indexOf('\0');
        text.append(zeros < 0 ? padded : padded.substring(0, zeros));
    }

    private void events(TraceBlock out, Progress progress, int room) {
        byte[] bytes = input.buffer;
        int at = input.position;
        int left = eventsLeft;
        while (left > 0 && out.count <= room) {
            long word = LittleEndian.u64(bytes, at);
            at += 8;
            left--;
            if (word < 0) {
                fetchUpTo(out, progress, progress.instructions.length);
                progress.instructions = blocks[(int) word];
                progress.fetched = 0;
            } else {
                fetchUpTo(out, progress, (int) (word >>> 53) + 1);
                int kind = (word & (1L << 52)) == 0 ? Access.LOAD : Access.STORE;
                int size = 1 << ((word >>> 48) & 15);
                long address = word << 16 >> 16;
                out.add(address, AccessInfo.pack(kind, size, thread));
            }
        }
        input.position = at;
        eventsLeft = left;
    }

    private void fetchUpTo(TraceBlock out, Progress progress, int instruction) {
        long[] instructions = progress.instructions;
        int end = Math.min(instruction, instructions.length);
        for (int i = progress.fetched; i < end; i++) {
            long packed = instructions[i];
            long address = packed >> 5;
            boolean again = (packed & 1) != 0 && address == progress.lastFetch;
            if (!again) {
                int size = (int) (packed >>> 1) & 15;
                out.add(address, AccessInfo.pack(Access.FETCH, size, thread));
                progress.lastFetch = address;
            }
        }
        progress.fetched = Math.max(progress.fetched, end);
    }

    @Override
    public void close() {
        input.close();
    }
}
