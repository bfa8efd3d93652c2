package org.nestwalk.traces.format;

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
/// fetch, then its loads, then its stores. Source: ChampSim, inc/trace_instruction.h.
public final class ChampSimReader extends DecodedReader {
    static final int RECORD = 64;
    static final int CLOUDSUITE_RECORD = 96;

    private static final int MAX_ACCESSES = 9;
    private static final int FETCH = AccessInfo.pack(Access.FETCH, 1, 0);
    private static final int LOAD = AccessInfo.pack(Access.LOAD, 1, 0);
    private static final int STORE = AccessInfo.pack(Access.STORE, 1, 0);

    private final int record;
    private final int storesAt;
    private final int loadsAt;

    /// Reads the records in `input`, of CloudSuite's layout if so asked.
    public ChampSimReader(ByteInput input, boolean cloudsuite) {
        super(input);
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
                block.add(LittleEndian.u64(b, at), FETCH);
                addAll(block, b, at + loadsAt, at + loadsAt + 32, LOAD);
                addAll(block, b, at + storesAt, at + loadsAt, STORE);
                at += record;
            }
            input.position = at;
        }
    }

    private static void addAll(TraceBlock block, byte[] b, int from, int to, int info) {
        for (int at = from; at < to; at += 8) {
            long address = LittleEndian.u64(b, at);
            if (address != 0) {
                block.add(address, info);
            }
        }
    }

    /// Whether these bytes look like 64-byte records: flags of 0 or 1 and canonical addresses.
    static boolean plausible(byte[] head, int length) {
        int records = length / RECORD;
        for (int i = 0; i < records; i++) {
            int at = i * RECORD;
            boolean flags = (head[at + 8] | head[at + 9]) >>> 1 == 0;
            if (!flags || LittleEndian.u64(head, at) == 0 || !canonical(head, at)) {
                return false;
            }
            for (int address = at + 16; address < at + RECORD; address += 8) {
                if (!canonical(head, address)) {
                    return false;
                }
            }
        }
        return records > 0;
    }

    private static boolean canonical(byte[] bytes, int at) {
        return RawReader.canonical(LittleEndian.u64(bytes, at));
    }
}
