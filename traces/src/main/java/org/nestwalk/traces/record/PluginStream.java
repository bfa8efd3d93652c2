package org.nestwalk.traces.record;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.format.ByteInput;
import org.nestwalk.traces.format.LittleEndian;

/// What our plugin inside QEMU sends, turned into accesses; `plugin.c` documents the packets.
///
/// The plugin tells which translation blocks begin and which data they access. The fetches of a
/// block's instructions are inserted here, before the data of each. Threads alternate packet by
/// packet, at most 4094 events at a time; on accesses before that none depends. A signal that ends
/// a block early leaves the fetches of its rest in the trace. Later iterations of a `rep` string
/// instruction are not fetched again.
final class PluginStream implements AccessStream {
    private static final int BLOCK = 1;
    private static final int EVENTS = 2;
    private static final int MAPS_LOADED = 3;
    private static final int MAPS_BEFORE = 4;
    private static final int PROGRAM = 5;
    private static final int MAPPED = 6;
    private static final int UNMAPPED = 7;
    private static final int FLOW = 8;

    /// Words of the file of unsent events for each thread: how many there are, the place of a
    /// packet's head, and events.
    private static final int UNSENT_WORDS = 4096;

    /// The most accesses one event can cause: all fetches of a block, and one of data.
    private static final int MAX_PER_EVENT = 1024;

    /// What a thread is executing.
    private static final class Progress {
        CodeBlock block = CodeBlock.UNKNOWN;
        int fetched;
        long lastFetch = -1;
        final RegisterFlow flow = new RegisterFlow();
    }

    private final Path unsent;
    private final boolean fetches;
    private final Progress[] threads = new Progress[AccessInfo.MAX_THREAD + 1];
    private final StringBuilder mapsBefore = new StringBuilder();
    private final StringBuilder mapsLoaded = new StringBuilder();
    private ByteInput input;
    private AddressSpace addresses = new AddressSpace();
    private boolean pipeEnded;
    private boolean begun;
    private @Nullable List<String> executed;
    private CodeBlock[] blocks = new CodeBlock[1 << 12];
    private BlockFlow[] flows = new BlockFlow[1 << 12];
    private int eventsLeft;
    private int thread;
    private @Nullable Progress current;

    /// Reads `pipe`, and after its end the file `unsent`, if there is one.
    ///
    /// @param fetches whether to insert instruction fetches, where blocks are told
    PluginStream(InputStream pipe, Path unsent, boolean fetches) {
        this.fetches = fetches;
        this.unsent = unsent;
        input = new ByteInput(pipe, "the recorder's pipe");
        Arrays.fill(blocks, CodeBlock.UNKNOWN);
        Arrays.fill(flows, BlockFlow.UNKNOWN);
    }

    @Override
    public int read(TraceBlock block) {
        block.count = 0;
        int room = block.capacity() - MAX_PER_EVENT;
        while (block.count <= room && (eventsLeft > 0 || nextPacket(block))) {
            if (eventsLeft > 0 && current != null) {
                events(block, current, room);
            }
        }
        return block.count;
    }

    @Override
    public @Nullable List<String> executed() {
        List<String> last = executed;
        executed = null;
        return last;
    }

    @Override
    public AddressSpace addresses() {
        takeInLoaded();
        return addresses;
    }

    /// Takes in packets other than events, and the head of one of events; false at the end.
    private boolean nextPacket(TraceBlock block) {
        if (!hasPacket() && !openUnsent()) {
            return false;
        }
        long head = LittleEndian.u64(input.buffer, input.position);
        int words = (int) (head >>> 32);
        int at = input.position + 8;
        int end = at + 8 * words;
        switch ((int) head >>> 28) {
            case BLOCK -> {
                int number = (int) word(at);
                BlockFlow flow = number < flows.length ? flows[number] : BlockFlow.UNKNOWN;
                CodeBlock told = new CodeBlock(words(at + 8, end), flow);
                blocks = with(blocks, number, told, CodeBlock.UNKNOWN);
            }
            case FLOW -> {
                BlockFlow flow = new BlockFlow(words(at + 8, end));
                flows = with(flows, (int) word(at), flow, BlockFlow.UNKNOWN);
            }
            case MAPS_BEFORE -> appendText(mapsBefore, at, end);
            case MAPS_LOADED -> appendText(mapsLoaded, at, end);
            case PROGRAM -> begin(block, at);
            case MAPPED -> {
                takeInLoaded();
                StringBuilder name = new StringBuilder();
                appendText(name, at + 24, end);
                addresses.map(word(at), word(at + 8), name.toString(), word(at + 16) != 0);
            }
            case UNMAPPED -> {
                takeInLoaded();
                addresses.unmap(word(at), word(at + 8));
            }
            case EVENTS -> {
                schedule((int) head & AccessInfo.MAX_THREAD);
                eventsLeft = words;
                end = at;
            }
            default -> throw input.bad("an unknown packet");
        }
        input.position = end;
        return true;
    }

    private void schedule(int next) {
        if (threads[next] == null) {
            threads[next] = new Progress();
        }
        Progress progress = threads[next];
        if (progress != current) {
            progress.flow.interrupted();
        }
        thread = next;
        current = progress;
    }

    private boolean hasPacket() {
        if (!input.has(8)) {
            return false;
        }
        long words = LittleEndian.u64(input.buffer, input.position) >>> 32;
        return words <= UNSENT_WORDS && input.has(8 * ((int) words + 1));
    }

    /// After the pipe, goes on with the events that the plugin had no occasion to send, as packets.
    private boolean openUnsent() {
        if (pipeEnded || !Files.exists(unsent)) {
            return false;
        }
        pipeEnded = true;
        try {
            byte[] file = Files.readAllBytes(unsent);
            ByteBuffer packets = ByteBuffer.allocate(file.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at + 8 * UNSENT_WORDS <= file.length; at += 8 * UNSENT_WORDS) {
                int events = (int) Math.min(LittleEndian.u64(file, at), UNSENT_WORDS - 2);
                if (events > 0) {
                    long index = at / (8 * UNSENT_WORDS);
                    packets.putLong((long) EVENTS << 28 | index | (long) events << 32);
                    packets.put(file, at + 16, 8 * events);
                }
            }
            input.close();
            InputStream rest = new ByteArrayInputStream(packets.array(), 0, packets.position());
            input = new ByteInput(rest, unsent.toString());
            return hasPacket();
        } catch (IOException e) {
            throw new InputException(unsent + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// A program begins. If it is not the first, another one executed it: that one is forgotten,
    /// with what it accessed and mapped.
    private void begin(TraceBlock block, int at) {
        if (begun) {
            String text = new String(input.buffer, at + 8, (int) word(at), StandardCharsets.UTF_8);
            executed = List.of(text.substring(0, text.length() - 1).split("\0", -1));
            block.count = 0;
            Arrays.fill(blocks, CodeBlock.UNKNOWN);
            Arrays.fill(flows, BlockFlow.UNKNOWN);
            Arrays.fill(threads, null);
            mapsBefore.setLength(0);
            mapsLoaded.setLength(0);
            addresses = new AddressSpace();
        }
        begun = true;
    }

    /// What was mapped when the program was loaded comes before all that it maps itself.
    private void takeInLoaded() {
        if (!mapsLoaded.isEmpty()) {
            addresses.begin(ProcessMaps.added(mapsBefore.toString(), mapsLoaded.toString()));
        }
        mapsLoaded.setLength(0);
    }

    private long word(int at) {
        return LittleEndian.u64(input.buffer, at);
    }

    /// Keeps `value` for the block with this number; returns `known` or a longer copy of it.
    private static <T> T[] with(T[] known, int index, T value, T none) {
        T[] all = known;
        if (index >= known.length) {
            all = Arrays.copyOf(known, Math.max(2 * known.length, index + 1));
            Arrays.fill(all, known.length, all.length, none);
        }
        all[index] = value;
        return all;
    }

    private long[] words(int at, int end) {
        long[] words = new long[(end - at) / 8];
        for (int i = 0; i < words.length; i++) {
            words[i] = word(at + 8 * i);
        }
        return words;
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
                fetchUpTo(out, progress, progress.block.info.length);
                CodeBlock block = blocks[(int) word];
                progress.block = block;
                progress.fetched = 0;
                progress.flow.begin(block.flow);
            } else {
                int instruction = (int) (word >>> 53);
                fetchUpTo(out, progress, instruction + 1);
                boolean store = (word & (1L << 52)) != 0;
                int size = 1 << ((word >>> 48) & 15);
                long address = word << 16 >> 16;
                int info = AccessInfo.pack(store ? Access.STORE : Access.LOAD, size, thread);
                out.add(address, info, progress.flow.access(instruction, store, address, size));
            }
        }
        input.position = at;
        eventsLeft = left;
    }

    private void fetchUpTo(TraceBlock out, Progress progress, int instruction) {
        if (!fetches) {
            return;
        }
        CodeBlock block = progress.block;
        int end = Math.min(instruction, block.info.length);
        int from = progress.fetched;
        if (from >= end) {
            return;
        }
        if (block.repeats) {
            fetchOnce(out, progress, end);
        } else {
            int of = thread;
            int n = out.count;
            for (int i = from; i < end; i++, n++) {
                out.address[n] = block.address[i];
                out.info[n] = AccessInfo.withThread(block.info[i], of);
                out.distance[n] = 0;
            }
            out.count = n;
            progress.lastFetch = block.address[end - 1];
        }
        progress.fetched = end;
    }

    /// Fetches repeated string instructions once, however often they are executed in a row.
    private void fetchOnce(TraceBlock out, Progress progress, int end) {
        CodeBlock block = progress.block;
        for (int i = progress.fetched; i < end; i++) {
            boolean again = block.repeats(i) && block.address[i] == progress.lastFetch;
            if (!again) {
                out.add(block.address[i], AccessInfo.withThread(block.info[i], thread));
                progress.lastFetch = block.address[i];
            }
        }
    }

    @Override
    public void close() {
        input.close();
    }
}
