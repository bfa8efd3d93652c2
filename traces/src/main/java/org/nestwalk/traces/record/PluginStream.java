package org.nestwalk.traces.record;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// What our plugin inside QEMU sends, turned into accesses; `plugin.c` documents the packets.
///
/// The plugin tells which translation blocks begin and which data they access. The fetches of a
/// block's instructions are inserted here, before the data of each. Threads alternate slot by slot,
/// at most 4094 events at a time; on accesses before that none depends. A signal that ends a block
/// early leaves the fetches of its rest in the trace. Later iterations of a `rep` string
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

    /// The most words of a packet.
    private static final int PACKET_WORDS = 4094;

    /// The most accesses one event can cause: all fetches of a block, and one of data.
    private static final int MAX_PER_EVENT = 1024;

    /// What a thread is executing.
    private static final class Progress {
        CodeBlock block = CodeBlock.UNKNOWN;
        int fetched;
        long lastFetch = -1;
        final RegisterFlow flow = new RegisterFlow();
    }

    private final PacketInput input;
    private final EventSlots slots;
    private final boolean fetches;
    private final Progress[] threads = new Progress[AccessInfo.MAX_THREAD + 1];
    private final StringBuilder mapsBefore = new StringBuilder();
    private final StringBuilder mapsLoaded = new StringBuilder();
    private AddressSpace addresses = new AddressSpace();
    private boolean begun;
    private @Nullable List<String> executed;
    private CodeBlock[] blocks = new CodeBlock[1 << 12];
    private BlockFlow[] flows = new BlockFlow[1 << 12];
    private int nextEvent;
    private int eventsEnd;
    private int thread;
    private @Nullable Progress current;

    /// Reads `pipe`, and after its end what is left in `slots`; closes both.
    ///
    /// @param fetches whether to insert instruction fetches, where blocks are told
    PluginStream(InputStream pipe, EventSlots slots, boolean fetches) {
        this.fetches = fetches;
        this.slots = slots;
        input = new PacketInput(pipe);
        Arrays.fill(blocks, CodeBlock.UNKNOWN);
        Arrays.fill(flows, BlockFlow.UNKNOWN);
    }

    @Override
    public int read(TraceBlock block) {
        block.count = 0;
        int room = block.capacity() - MAX_PER_EVENT;
        while (block.count <= room && (nextEvent < eventsEnd || nextPacket(block))) {
            if (nextEvent < eventsEnd && current != null) {
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
        if (!hasPacket()) {
            int left = slots.takeRest();
            schedule(slots.thread(), left);
            return left > 0;
        }
        long head = word(input.position);
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
                int count = (int) word(at + 8);
                slots.take((int) word(at), count);
                schedule((int) head & AccessInfo.MAX_THREAD, count);
            }
            default -> throw new InputException("the recorder sent an unknown packet");
        }
        input.position = end;
        return true;
    }

    /// The next `count` events are the thread's `next`.
    private void schedule(int next, int count) {
        nextEvent = 0;
        eventsEnd = count;
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
        long words = word(input.position) >>> 32;
        return words <= PACKET_WORDS && input.has(8 * ((int) words + 1));
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
        return input.word(at);
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
        long[] events = slots.events;
        int at = nextEvent;
        int end = eventsEnd;
        while (at < end && out.count <= room) {
            long word = events[at++];
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
                int size = 1 << ((word >>> 48) & 7);
                long address = word << 16 >> 16;
                int info = AccessInfo.pack(store ? Access.STORE : Access.LOAD, size, thread);
                out.add(address, info, progress.flow.access(instruction, store, address, size));
            }
        }
        nextEvent = at;
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
        slots.close();
        input.close();
    }
}
