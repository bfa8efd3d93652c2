package org.nestwalk.report.walk;

/// Addresses and entries as people write them.
final class Hex {
    private Hex() {}

    /// `value` in hexadecimal with 0x.
    static String of(long value) {
        return "0x" + Long.toHexString(value);
    }
}
