package org.nestwalk.traces.format;

import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// Data addresses and nothing else: one little-endian 64-bit word per access.
///
/// ```text
///  63  62                                                      0
/// +---+---------------------------------------------------------+
/// | S |          linear address, bits 62:0                      |
/// +---+---------------------------------------------------------+
/// ```
///
/// Never taken for granted: files in it are read when the format is named. `S` marks a store. Bit
/// 63 of a canonical address repeats bit 62 and is restored from it. The format has no sizes: every
/// access counts as one byte, so that none crosses a page.
public final class RawReader extends DecodedReader {
    /// Bytes per access.
    public static final int RECORD = 8;

    private static final int LOAD = AccessInfo.pack(Access.LOAD, 1, 0);
    private static final int STORE = AccessInfo.pack(Access.STORE, 1, 0);

    private final ByteInput input;

    /// Reads the words in `input`.
    public RawReader(ByteInput input) {
        this.input = input;
    }

    @Override
    void decode(TraceBlock block) {
        while (block.hasRoom()) {
            if (!input.has(RECORD)) {
                if (input.available() > 0) {
                    throw input.bad("the trace ends inside an address of 8 bytes");
                }
                return;
            }
            byte[] b = input.buffer;
            int at = input.position;
            int n = Math.min(input.available() / RECORD, block.capacity() - block.count);
            for (int i = 0; i < n; i++) {
                long word = LittleEndian.u64(b, at + i * RECORD);
                block.add(word << 1 >> 1, word < 0 ? STORE : LOAD);
            }
            input.position = at + n * RECORD;
        }
    }

    /// The word for an access to `address`.
    public static long encode(long address, boolean store) {
        return (address & Long.MAX_VALUE) | (store ? Long.MIN_VALUE : 0);
    }

    /// Whether [#encode] and reading give `address` back.
    static boolean holds(long address) {
        return address << 1 >> 1 == address;
    }

    /// Whether these bytes may be addresses: canonical, and none in the first page, where programs
    /// have nothing. That is no evidence that they are: anything of small numbers looks like it.
    static boolean plausible(byte[] head, int length) {
        for (int at = 0; at + RECORD <= length; at += RECORD) {
            long address = LittleEndian.u64(head, at) << 1 >> 1;
            if (!canonical(address) || address >>> 12 == 0) {
                return false;
            }
        }
        return length >= RECORD;
    }

    /// Whether `address` is canonical with 57 bits, the most that x86-64 translates.
    static boolean canonical(long address) {
        return address << 7 >> 7 == address;
    }

    @Override
    public void close() {
        input.close();
    }
}
