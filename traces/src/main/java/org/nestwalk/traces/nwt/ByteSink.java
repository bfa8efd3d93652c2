package org.nestwalk.traces.nwt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.nestwalk.traces.format.LittleEndian;

/// A growing array of bytes that is cleared and used again.
final class ByteSink {
    byte[] bytes;
    int size;

    ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    void clear() {
        size = 0;
    }

    void u8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    void u16(int value) {
        ensure(2);
        LittleEndian.putU16(bytes, size, value);
        size += 2;
    }

    void i32(int value) {
        ensure(4);
        LittleEndian.putI32(bytes, size, value);
        size += 4;
    }

    void u64(long value) {
        ensure(8);
        LittleEndian.putU64(bytes, size, value);
        size += 8;
    }

    /// The low `width` bytes of `value`.
    void low(long value, int width) {
        ensure(8);
        LittleEndian.putU64(bytes, size, value);
        size += width;
    }

    /// Seven bits a byte, lowest first, bit 7 set on all but the last.
    void varint(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            u8((int) rest | 0x80);
            rest >>>= 7;
        }
        u8((int) rest);
    }

    void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ensure(utf8.length);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
    }

    void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
