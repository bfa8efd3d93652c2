package org.nestwalk.traces.format;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// DynamoRIO's final trace (after raw2trace): packed little-endian records of 12 bytes.
///
/// ```text
///  byte 0      1 2      3 4                                         11
/// +-------------+--------+-------------------------------------------+
/// |    type     |  size  |                 address                   |
/// +-------------+--------+-------------------------------------------+
/// ```
///
/// READ and WRITE are loads and stores; the ten types of fetched instructions are fetches, and a
/// BUNDLE is up to eight that follow the instruction before it. An instruction of size 0 only tells
/// where the next data access of a filtered trace came from: it is no fetch. Instructions that were
/// not fetched again are counted by [#nonFetched]. Prefetches, flushes and encodings are skipped:
/// they are no accesses of the program. THREAD and PID records tell whose accesses follow. A trace
/// ends with FOOTER; one that does not was cut short, which [#details] notes at its end. Source:
/// DynamoRIO, clients/drcachesim/common/trace_entry.h, version 7, and reader/reader.cpp.
public final class DrmemtraceReader extends DecodedReader {
    static final int RECORD = 12;
    static final int TYPE_HEADER = 25;
    static final int TYPE_THREAD = 22;
    static final int TYPE_PID = 24;
    static final int TYPE_MARKER = 28;
    static final int MARKER_CHUNK_FOOTER = 21;

    private static final int TYPE_BUNDLE = 17;
    private static final int TYPE_THREAD_EXIT = 23;
    private static final int TYPE_FOOTER = 26;
    private static final int TYPE_NO_FETCH = 29;
    private static final int TYPE_MAYBE_FETCH = 30;
    private static final int TYPE_SYSENTER = 31;
    private static final int MARKER_TIMESTAMP = 2;
    private static final int MARKER_CPU = 3;
    private static final int MAX_TYPE = 63;
    private static final int MAX_BUNDLE = 8;

    private static final int SKIP = -1;
    private static final int SPECIAL = -2;
    private static final byte[] ALL = actions(true);
    private static final byte[] NONE = actions(false);

    private final ByteInput input;
    private final ThreadNumbers threads;
    private final ProcessChoice processes;
    private final boolean pauses;
    private final DrmemtraceHeader header = new DrmemtraceHeader();
    private final Map<Long, Long> processOf = new HashMap<>();
    private byte[] actions;
    private long threadId;
    private int thread;
    private long nextPc;
    private int nextPcAt;
    private long nonFetched;
    private long onlyCounters;
    private long timestamp;
    private boolean repeated;
    private boolean paused;
    private boolean exits;
    private boolean ended;
    private long footerEnd = -1;

    /// Reads the records in `input`, of the process called `process` or, if that is null, of all.
    public DrmemtraceReader(ByteInput input, @Nullable Long process) {
        this(input, new ThreadNumbers(input.name()), new ProcessChoice(process), false);
    }

    /// Reads the file of one thread out of several, which share their numbers and processes. If it
    /// `pauses`, blocks end before each new [#timestamp].
    DrmemtraceReader(
            ByteInput input, ThreadNumbers threads, ProcessChoice processes, boolean pauses) {
        this.input = input;
        this.threads = threads;
        this.processes = processes;
        this.pauses = pauses;
        this.actions = processes.isRestricted() ? NONE : ALL;
        input.has(2 * RECORD);
        DrmemtraceHeader.refuseSiblings(input.buffer, input.limit, input.name());
        readHeader();
    }

    /// What stands before the first access, so that [#details] knows it.
    private void readHeader() {
        TraceBlock none = new TraceBlock(TraceBlock.MIN_CAPACITY);
        while (!paused && input.has(RECORD)) {
            switch (LittleEndian.u16(input.buffer, input.position)) {
                case TYPE_HEADER -> input.position += RECORD;
                case TYPE_THREAD, TYPE_PID, TYPE_MARKER -> special(none);
                default -> {
                    return;
                }
            }
        }
    }

    @Override
    public long nonFetched() {
        return nonFetched;
    }

    @Override
    public TraceDetails details() {
        String note = null;
        if (ended && footerEnd != input.offset()) {
            note = "the footer is missing: the recording was cut off; what is before can be read";
        } else if (ended && !exits) {
            note = "no thread exits: the recording was cut off; what is before can be read";
        }
        return header.details(processes.included(), note, onlyCounters);
    }

    /// The timestamp before the accesses that come next, in microseconds; 0 before the first.
    long timestamp() {
        return timestamp;
    }

    /// Whether the last block ended before a new timestamp.
    boolean isPaused() {
        return paused;
    }

    /// Whether all was read.
    boolean hasEnded() {
        return ended;
    }

    @Override
    void decode(TraceBlock block) {
        paused = false;
        nextPcAt = block.count;
        decodeOn(block);
        nextPc = nextPc(block);
    }

    private void decodeOn(TraceBlock block) {
        while (block.hasRoom()) {
            if (!input.has(RECORD)) {
                if (input.available() > 0) {
                    throw input.bad("the trace ends inside a record of 12 bytes");
                }
                ended = true;
                if (!pauses) {
                    processes.requireSeen(input.name());
                }
                return;
            }
            scan(block);
            if (block.hasRoom() && input.available() >= RECORD && !special(block)) {
                return;
            }
        }
    }

    /// Adds accesses up to the next record of another kind, or the end of the window.
    private void scan(TraceBlock block) {
        byte[] b = input.buffer;
        byte[] kinds = actions;
        int at = input.position;
        int end = input.limit - RECORD;
        int owner = thread;
        while (at <= end && block.hasRoom()) {
            int type = LittleEndian.u16(b, at);
            int action = type <= MAX_TYPE ? kinds[type] : SPECIAL;
            if (action >= 0) {
                int size = LittleEndian.u16(b, at + 2);
                if (size == 0 && action == Access.FETCH) {
                    onlyCounters++;
                } else {
                    long address = LittleEndian.u64(b, at + 4);
                    block.add(address, AccessInfo.pack(action, size, owner));
                }
            } else if (action == SPECIAL) {
                break;
            }
            at += RECORD;
        }
        input.position = at;
    }

    /// The address after the last instruction: of the last fetch in `block`, unless [#nextPc] is
    /// later.
    private long nextPc(TraceBlock block) {
        for (int i = block.count - 1; i >= nextPcAt; i--) {
            if (AccessInfo.kind(block.info[i]) == Access.FETCH) {
                return block.address[i] + AccessInfo.size(block.info[i]);
            }
        }
        return nextPc;
    }

    /// Notes `address` as the one after the last instruction, which comes after what is in `block`.
    private void setNextPc(TraceBlock block, long address) {
        nextPc = address;
        nextPcAt = block.count;
    }

    /// Takes in the next record, which is no access; returns whether the block may go on.
    private boolean special(TraceBlock block) {
        byte[] b = input.buffer;
        int at = input.position;
        int type = LittleEndian.u16(b, at);
        int size = LittleEndian.u16(b, at + 2);
        long value = LittleEndian.u64(b, at + 4);
        switch (type) {
            case TYPE_THREAD -> {
                threadId = value;
                Long process = processOf.get(value);
                switchTo(process);
            }
            case TYPE_PID -> {
                processOf.put(threadId, value);
                switchTo(value);
            }
            case TYPE_THREAD_EXIT -> exits = true;
            case TYPE_FOOTER -> footerEnd = input.offset() + RECORD;
            case TYPE_MARKER -> marker(size, value);
            case TYPE_NO_FETCH -> {
                if (size > 0) {
                    nonFetched++;
                    setNextPc(block, value + size);
                }
            }
            case TYPE_MAYBE_FETCH -> maybeFetch(block, size, value);
            case TYPE_BUNDLE -> {
                if (!bundle(block, size, at + 4)) {
                    return false;
                }
            }
            default ->
                    throw input.bad(
                            "no drmemtrace record has type "
                                    + type
                                    + "; types are 0 to 49. Is this a raw trace that raw2trace has"
                                    + " not converted?");
        }
        input.position = at + RECORD;
        return !paused;
    }

    private void switchTo(@Nullable Long process) {
        boolean included =
                process == null ? !processes.isRestricted() : processes.includes(process);
        actions = included ? ALL : NONE;
        if (included) {
            thread = threads.indexOf(threadId);
        }
    }

    /// After a chunk's footer the last timestamp and CPU are repeated, for readers that begin
    /// there.
    private void marker(int type, long value) {
        header.marker(type, value);
        switch (type) {
            case MARKER_CHUNK_FOOTER -> repeated = true;
            case MARKER_CPU -> repeated = false;
            case MARKER_TIMESTAMP -> {
                if (!repeated) {
                    timestamp = value;
                    paused = pauses;
                }
            }
            default -> {}
        }
    }

    /// An instruction that was fetched if it is not the one before once more.
    private void maybeFetch(TraceBlock block, int size, long address) {
        if (size == 0) {
            onlyCounters++;
        } else if (address + size == nextPc(block)) {
            nonFetched++;
        } else {
            block.add(address, AccessInfo.pack(Access.FETCH, size, thread));
        }
    }

    /// `count` instructions one after another, whose sizes are the bytes from index `at`; returns
    /// whether there was room for them.
    private boolean bundle(TraceBlock block, int count, int at) {
        if (count == 0 || count > MAX_BUNDLE) {
            throw input.bad("a bundle of " + count + " instructions; bundles hold 1 to 8");
        }
        if (block.capacity() - block.count < count) {
            return false;
        }
        long next = nextPc(block);
        for (int i = 0; i < count; i++) {
            int size = input.buffer[at + i] & 0xFF;
            block.add(next, AccessInfo.pack(Access.FETCH, size, thread));
            next += size;
        }
        return true;
    }

    private static byte[] actions(boolean included) {
        byte[] actions = new byte[MAX_TYPE + 1];
        for (int type = 0; type <= MAX_TYPE; type++) {
            actions[type] =
                    (byte)
                            switch (type) {
                                case 0 -> included ? Access.LOAD : SKIP;
                                case 1 -> included ? Access.STORE : SKIP;
                                case 10, 11, 12, 13, 14, 15, 16, TYPE_SYSENTER, 48, 49 ->
                                        included ? Access.FETCH : SKIP;
                                case TYPE_NO_FETCH, TYPE_MAYBE_FETCH, TYPE_BUNDLE ->
                                        included ? SPECIAL : SKIP;
                                case TYPE_THREAD,
                                        TYPE_THREAD_EXIT,
                                        TYPE_PID,
                                        TYPE_FOOTER,
                                        TYPE_MARKER ->
                                        SPECIAL;
                                default -> type < 50 ? SKIP : SPECIAL;
                            };
        }
        return actions;
    }

    @Override
    public void close() {
        input.close();
    }
}
