package org.nestwalk.lab.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The numbers of the format; `docs/snapshot-format.md` has it byte by byte.
final class SnapshotFormat {
    /// `NWS`, control-Z.
    static final int MAGIC = 0x1a53574e;

    static final int VERSION = 3;
    static final int PREFIX_BYTES = 8;
    static final int SECTION_BYTES = 12;
    static final int ENTRY_BYTES = 40;
    static final int DIGEST_BYTES = 32;
    static final int TRAILER_BYTES = 60;

    /// `HEAD`.
    static final int HEAD = 0x44414548;

    /// `BLOK`.
    static final int BLOCK = 0x4b4f4c42;

    /// `STAT`.
    static final int STATE = 0x54415453;

    /// `INDX`.
    static final int INDEX = 0x58444e49;

    /// `NWS.END\n`.
    static final long END = 0x0a444e452e53574eL;

    static final int PAGE = 4096;
    static final int BLOCK_PAGES = 64;
    static final long BLOCK_SPAN = (long) BLOCK_PAGES * PAGE;

    /// Pages that are compressed together.
    static final int GROUP_PAGES = 16;

    static final int GROUPS = BLOCK_PAGES / GROUP_PAGES;
    static final int BLOCK_HEAD_BYTES = 3 * Long.BYTES + GROUPS * Integer.BYTES;

    private SnapshotFormat() {}

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// What `buffer` holds up to its limit, a copy.
    static byte[] bytes(ByteBuffer buffer) {
        int from = buffer.arrayOffset();
        return Arrays.copyOfRange(buffer.array(), from, from + buffer.limit());
    }

    static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /// The bit of a page in its block's masks.
    static long bit(long gpa) {
        return 1L << (gpa / PAGE % BLOCK_PAGES);
    }

    /// The bits of a group's pages in its block's masks.
    static long groupMask(int group) {
        return (1L << GROUP_PAGES) - 1 << group * GROUP_PAGES;
    }

    /// An entry of the index.
    ///
    /// @param gpa of the block's first page
    /// @param offset of its section
    /// @param bytes of the section's payload
    /// @param crc of the payload
    /// @param present a bit for each page that the block holds
    /// @param gone a bit for each page that holds something in the base, and zeroes here
    record Entry(long gpa, long offset, int bytes, int crc, long present, long gone) {}
}
