package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.nestwalk.hypervisor.migration.live.PageBatch;

/// The numbers of the protocol; `docs/migration-protocol.md` has it byte by byte.
final class WireFormat {
    /// `NWMIG`, carriage return, line feed, control-Z: what changes ends of lines damages it.
    static final long MAGIC = 0x1a0a0d47494d574eL;

    static final int VERSION = 3;
    static final int HEAD_BYTES = 16;
    static final int PAGE = 4096;
    static final int COUNT_BYTES = 8;
    static final int ENTRY_BYTES = 16;

    /// The longest payload of pages.
    static final int PAGES_BYTES = COUNT_BYTES + PageBatch.PAGES * (ENTRY_BYTES + PAGE);

    private WireFormat() {}

    /// The CRC-32C of the bytes of `buffer` from `from` up to `to`; its position stays.
    static int crc(CRC32C crc, ByteBuffer buffer, int from, int to) {
        int position = buffer.position();
        int limit = buffer.limit();
        crc.reset();
        buffer.limit(to).position(from);
        crc.update(buffer);
        buffer.limit(limit).position(position);
        return (int) crc.getValue();
    }

    static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
