package org.nestwalk.traces.nwt;

import java.util.Arrays;
import java.util.zip.CRC32C;
import org.nestwalk.InputException;
import org.nestwalk.traces.format.ByteInput;
import org.nestwalk.traces.format.LittleEndian;

/// Reads the sections of a `.nwt` stream one by one, and checks their checksums.
///
/// ```text
///  byte 0      3 4             7 8         11
/// +-------------+---------------+-------------+---------------------+
/// |     tag     | payload bytes |   CRC-32C   | payload ...         |
/// +-------------+---------------+-------------+---------------------+
/// ```
final class SectionReader {
    /// The payload of the last section read, from index 0; longer than [#length].
    byte[] payload = new byte[1 << 12];

    int length;

    private final ByteInput input;
    private final byte[] head = new byte[NwtFormat.SECTION_BYTES];

    SectionReader(ByteInput input) {
        this.input = input;
    }

    /// Reads the file's first eight bytes.
    void readPrefix() {
        long offset = input.offset();
        if (input.take(head, 0, NwtFormat.PREFIX_BYTES) < NwtFormat.PREFIX_BYTES
                || LittleEndian.i32(head, 0) != NwtFormat.MAGIC) {
            throw bad(offset, "this is not an .nwt trace: it does not begin with 'NWT'");
        }
        int version = LittleEndian.u16(head, 4);
        if (version != NwtFormat.VERSION) {
            throw bad(
                    offset + 4,
                    "the format's version is "
                            + version
                            + "; this Nestwalk reads version "
                            + NwtFormat.VERSION);
        }
    }

    /// Reads the next section and returns its tag, or 0 if the file ends before or inside it.
    int next() {
        long offset = input.offset();
        if (input.take(head, 0, NwtFormat.SECTION_BYTES) < NwtFormat.SECTION_BYTES) {
            return 0;
        }
        int tag = LittleEndian.i32(head, 0);
        if (tag != NwtFormat.HEADER && tag != NwtFormat.BLOCK && tag != NwtFormat.FOOTER) {
            throw bad(offset, "a section begins with none of HEAD, BLOK and FOOT; it is damaged");
        }
        int size = LittleEndian.i32(head, 4);
        int max = tag == NwtFormat.BLOCK ? NwtFormat.MAX_BLOCK_BYTES : NwtFormat.MAX_SECTION;
        if (size < 4 || size > max) {
            throw bad(offset + 4, "a section of " + size + " bytes is impossible; it is damaged");
        }
        if (!fetch(size)) {
            return 0;
        }
        CRC32C crc = new CRC32C();
        crc.update(payload, 0, size);
        if ((int) crc.getValue() != LittleEndian.i32(head, 8)) {
            throw bad(offset + 8, "a section's checksum does not match; it is damaged");
        }
        return tag;
    }

    /// Reads the trailer, as far as it is there; nothing may follow it.
    void requireEnd() {
        input.take(new byte[NwtFormat.TRAILER_BYTES], 0, NwtFormat.TRAILER_BYTES);
        if (input.has(1)) {
            throw bad(
                    input.offset(),
                    "something follows the end of the trace; a file holds one trace");
        }
    }

    /// Reads a payload in steps, so that a damaged size allocates no more than the file has.
    private boolean fetch(int size) {
        length = 0;
        while (length < size) {
            int step = Math.min(size - length, Math.max(1 << 20, length));
            if (payload.length < length + step) {
                payload = Arrays.copyOf(payload, length + step);
            }
            int n = input.take(payload, length, step);
            length += n;
            if (n < step) {
                return false;
            }
        }
        return true;
    }

    InputException bad(long offset, String problem) {
        return new InputException(input.name() + ": at byte " + offset + ": " + problem);
    }

    long offset() {
        return input.offset();
    }
}
