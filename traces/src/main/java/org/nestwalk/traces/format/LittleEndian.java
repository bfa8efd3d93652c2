package org.nestwalk.traces.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Unaligned little-endian numbers in byte arrays.
public final class LittleEndian {
    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle SHORTS = view(short[].class);

    private LittleEndian() {}

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /// The 64-bit number at index `at`.
    public static long u64(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /// The 32-bit number at index `at`, as a signed `int`.
    public static int i32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    /// The unsigned 16-bit number at index `at`.
    public static int u16(byte[] bytes, int at) {
        return (short) SHORTS.get(bytes, at) & 0xFFFF;
    }

    /// Stores a 64-bit number at index `at`.
    public static void putU64(byte[] bytes, int at, long value) {
        LONGS.set(bytes, at, value);
    }

    /// Stores a 32-bit number at index `at`.
    public static void putI32(byte[] bytes, int at, int value) {
        INTS.set(bytes, at, value);
    }

    /// Stores the low 16 bits of `value` at index `at`.
    public static void putU16(byte[] bytes, int at, int value) {
        SHORTS.set(bytes, at, (short) value);
    }
}
