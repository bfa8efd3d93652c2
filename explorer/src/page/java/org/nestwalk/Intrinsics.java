package org.nestwalk;

import java.math.BigInteger;

/// The engine's class of this name, for pages: they have one thread, and JavaScript no such
/// instructions.
public final class Intrinsics {
    private static final long LOW = 0xffff_ffffL;

    private Intrinsics() {}

    public static void setBits(long[] words, int index, long bits) {
        words[index] |= bits;
    }

    public static long unsignedMultiplyHigh(long a, long b) {
        long low = (a & LOW) * (b & LOW);
        long middle = (a >>> 32) * (b & LOW) + (low >>> 32);
        long other = (a & LOW) * (b >>> 32) + (middle & LOW);
        return (a >>> 32) * (b >>> 32) + (middle >>> 32) + (other >>> 32);
    }

    public static long parseUnsigned(String digits, int radix) {
        BigInteger value = new BigInteger(digits, radix);
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw new NumberFormatException(digits);
        }
        return value.longValue();
    }
}
