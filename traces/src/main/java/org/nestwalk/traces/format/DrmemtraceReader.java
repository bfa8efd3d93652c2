package org.nestwalk.traces.format;

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
/// READ and WRITE are loads and stores; the nine types of fetched instructions are fetches.
/// Instructions that were not fetched again are counted by [#nonFetched]. Prefetches, flushes,
/// encodings and markers are skipped: they are no accesses of the program. THREAD records tell
/// whose accesses follow. Source: DynamoRIO, clients/drcachesim/common/trace_entry.h, version 7.
public final class DrmemtraceReader extends DecodedReader {
    static final int RECORD = 12;
    static final int TYPE_HEADER = 25;
    private static final int TYPE_THREAD = 22;
    private static final int TYPE_MARKER = 28;
    private static final int TYPE_NO_FETCH = 29;
    private static final int MAX_TYPE = 63;

    private static final int SKIP = -1;
    private static final int SPECIAL = -2;
    private static final int INVALID = -3;
    private static final byte[] ACTIONS = actions();

    private final ThreadNumbers threads;
    private int thread;
    private long nonFetched;

    /// Reads the records in `input`.
    public DrmemtraceReader(ByteInput input) {
        super(input);
        threads = new ThreadNumbers(input);
    }

    @Override
    public long nonFetched() {
        return nonFetched;
    }

    @Override
    void decode(TraceBlock block) {
        while (block.hasRoom()) {
            if (!input.has(RECORD)) {
                if (input.available() > 0) {
                    throw input.bad("the trace ends inside a record of 12 bytes");
                }
                return;
            }
            byte[] b = input.buffer;
            int at = input.position;
            int end = input.limit - RECORD;
            while (at <= end && block.hasRoom()) {
                int type = LittleEndian.u16(b, at);
                int action = type <= MAX_TYPE ? ACTIONS[type] : INVALID;
                if (action >= 0) {
                    int size = LittleEndian.u16(b, at + 2);
                    long address = LittleEndian.u64(b, at + 4);
                    block.add(address, AccessInfo.pack(action, size, thread));
                } else if (action != SKIP) {
                    input.position = at;
                    special(type, action, LittleEndian.u64(b, at + 4));
                }
                at += RECORD;
            }
            input.position = at;
        }
    }

    private void special(int type, int action, long value) {
        if (action == INVALID) {
            throw input.bad(
                    "no drmemtrace record has type "
                            + type
                            + "; types are 0 to 49. Is this a raw trace that raw2trace has not"
                            + " converted?");
        }
        if (type == TYPE_THREAD) {
            thread = threads.indexOf(value);
        } else if (type == TYPE_NO_FETCH) {
            nonFetched++;
        }
    }

    private static byte[] actions() {
        byte[] actions = new byte[MAX_TYPE + 1];
        for (int type = 0; type <= MAX_TYPE; type++) {
            actions[type] =
                    (byte)
                            switch (type) {
                                case 0 -> Access.LOAD;
                                case 1 -> Access.STORE;
                                case 10, 11, 12, 13, 14, 15, 16, 48, 49 -> Access.FETCH;
                                case TYPE_THREAD, TYPE_NO_FETCH -> SPECIAL;
                                default -> type < 50 ? SKIP : INVALID;
                            };
        }
        return actions;
    }

    /// Whether a trace that begins with these bytes is one: a HEADER record with a plausible
    /// version, then a marker.
    static boolean plausible(byte[] head, int length) {
        return length >= RECORD
                && LittleEndian.u16(head, 0) == TYPE_HEADER
                && LittleEndian.u64(head, 4) >= 0
                && LittleEndian.u64(head, 4) < 256
                && (length < 2 * RECORD || LittleEndian.u16(head, RECORD) == TYPE_MARKER);
    }
}
