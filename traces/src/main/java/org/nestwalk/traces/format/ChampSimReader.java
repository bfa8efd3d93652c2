package org.nestwalk.traces.format;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// ChampSim's instruction records, without header.
///
/// ```text
///  byte 0         7 8    9   10   11 12    15 16          31 32             63
/// +----------------+----+----+-------+-------+--------------+----------------+
/// |       ip       | br | tk | dst 2 | src 4 | stores 2 x 8 | loads 4 x 8    |
/// +----------------+----+----+-------+-------+--------------+----------------+
/// CloudSuite: dst has 4 registers, 6 bytes of padding follow, stores are 4 x 8 (at 24), loads at
/// 56, the address-space identifier at 88, and the record has 96 bytes.
/// ```
///
/// `br` (is a branch) and `tk` (taken) are 0 or 1. An address of zero means none. The format has no
/// sizes: every access counts as one byte, so that none crosses a page. Each instruction gives its
/// fetch, then its loads, then its stores. CloudSuite's identifiers of address spaces (one byte for
/// instructions, one for data) are taken for processes. Source: ChampSim, inc/trace_instruction.h.
public final class ChampSimReader extends DecodedReader {
    static final int RECORD = 64;
    static final int CLOUDSUITE_RECORD = 96;

    private static final int MAX_ACCESSES = 9;
    private static final int FETCH = AccessInfo.pack(Access.FETCH, 1, 0);
    private static final int LOAD = AccessInfo.pack(Access.LOAD, 1, 0);
    private static final int STORE = AccessInfo.pack(Access.STORE, 1, 0);

    private static final int ASID_AT = 88;
    private static final int PADDING_AT = 18;
    private static final int LAST_PADDING_AT = 90;
    private static final int MAX_INSTRUCTION = 15;

    private final ByteInput input;
    private final ProcessChoice processes;
    private final boolean cloudsuite;
    private final int record;
    private final int storesAt;
    private final int loadsAt;
    private int addressSpace = -1;
    private boolean included = true;

    /// Reads the records in `input`, of CloudSuite's layout if so asked, and then those of the
    /// address space called `process` if that is not null.
    public ChampSimReader(ByteInput input, boolean cloudsuite, @Nullable Long process) {
        this.input = input;
        this.cloudsuite = cloudsuite;
        this.processes = new ProcessChoice(process);
        record = cloudsuite ? CLOUDSUITE_RECORD : RECORD;
        storesAt = cloudsuite ? 24 : 16;
        loadsAt = cloudsuite ? 56 : 32;
    }

    @Override
    void decode(TraceBlock block) {
        int full = block.capacity() - MAX_ACCESSES;
        while (block.count <= full) {
            if (!input.has(record)) {
                if (input.available() > 0) {
                    throw input.bad("the trace ends inside a record of " + record + " bytes");
                }
                processes.requireSeen(input.name());
                return;
            }
            byte[] b = input.buffer;
            int at = input.position;
            int end = input.limit - record;
            while (at <= end && block.count <= full) {
                if ((b[at + 8] | b[at + 9]) >>> 1 != 0) {
                    input.position = at;
                    throw input.bad(
                            "the branch flags are neither 0 nor 1; this is not a ChampSim record"
                                    + " of "
                                    + record
                                    + " bytes");
                }
                if (cloudsuite && LittleEndian.u16(b, at + ASID_AT) != addressSpace) {
                    switchTo(LittleEndian.u16(b, at + ASID_AT));
                }
                if (included) {
                    block.add(LittleEndian.u64(b, at), FETCH);
                    addAll(block, b, at + loadsAt, at + loadsAt + 32, LOAD);
                    addAll(block, b, at + storesAt, at + loadsAt, STORE);
                }
                at += record;
            }
            input.position = at;
        }
    }

    /// Both bytes are one number unless they differ.
    private void switchTo(int both) {
        addressSpace = both;
        int instructions = both & 0xFF;
        included = processes.includes(instructions == both >>> 8 ? instructions : both);
    }

    @Override
    public TraceDetails details() {
        return TraceDetails.of(processes.included(), List.of());
    }

    private static void addAll(TraceBlock block, byte[] b, int from, int to, int info) {
        for (int at = from; at < to; at += 8) {
            long address = LittleEndian.u64(b, at);
            if (address != 0) {
                block.add(address, info);
            }
        }
    }

    /// Whether these bytes look like records, of CloudSuite's layout if so asked: flags of 0 or 1,
    /// padding of 0, an instruction pointer in each, canonical addresses, and most instructions
    /// that are no branches followed by one 1 to 15 bytes on.
    static boolean plausible(byte[] head, int length, boolean cloudsuite) {
        int record = cloudsuite ? CLOUDSUITE_RECORD : RECORD;
        int records = length / record;
        int straight = 0;
        int next = 0;
        for (int at = 0; at + record <= records * record; at += record) {
            if (!isRecord(head, at, cloudsuite)) {
                return false;
            }
            if (at + 2 * record <= length && head[at + 8] == 0) {
                straight++;
                long step = LittleEndian.u64(head, at + record) - LittleEndian.u64(head, at);
                next += step > 0 && step <= MAX_INSTRUCTION ? 1 : 0;
            }
        }
        return next > 0 && 2 * next >= straight;
    }

    private static boolean isRecord(byte[] head, int at, boolean cloudsuite) {
        boolean flags = head[at + 8] >>> 1 == 0 && head[at + 9] >>> 1 == 0;
        boolean padding =
                !cloudsuite
                        || LittleEndian.i32(head, at + PADDING_AT) == 0
                                && LittleEndian.u16(head, at + PADDING_AT + 4) == 0
                                && LittleEndian.i32(head, at + LAST_PADDING_AT) == 0
                                && LittleEndian.u16(head, at + LAST_PADDING_AT + 4) == 0;
        if (!flags || !padding || LittleEndian.u64(head, at) == 0 || !canonical(head, at)) {
            return false;
        }
        int from = cloudsuite ? 24 : 16;
        int to = cloudsuite ? ASID_AT : RECORD;
        for (int address = from; address < to; address += 8) {
            if (!canonical(head, at + address)) {
                return false;
            }
        }
        return true;
    }

    private static boolean canonical(byte[] bytes, int at) {
        return RawReader.canonical(LittleEndian.u64(bytes, at));
    }

    @Override
    public void close() {
        input.close();
    }
}
