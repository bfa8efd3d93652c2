package org.nestwalk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What the Java library does in one instruction of the processor, and where a browser needs other
/// code: the engine compiled to JavaScript has a version of this class of its own (`explorer`).
public final class Intrinsics {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private Intrinsics() {}

    /// Sets `bits` in element `index` of `words`, whatever other threads set there at the same
    /// time.
    public static void setBits(long[] words, int index, long bits) {
        var _ = (long) WORD.getAndBitwiseOr(words, index, bits);
    }

    /// The upper 64 bits of the product of two unsigned numbers.
    public static long unsignedMultiplyHigh(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b);
    }

    /// The unsigned number of 64 bits that `digits` are in a `radix` of 10 or 16; a
    /// [NumberFormatException] if they are none.
    public static long parseUnsigned(String digits, int radix) {
        return Long.parseUnsignedLong(digits, radix);
    }
}
