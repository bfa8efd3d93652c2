package org.nestwalk.machine;

import org.nestwalk.InputException;
import org.nestwalk.mmu.cache.EncryptionScope;

/// Memory encryption of a machine.
///
/// @param bit position of the C-bit in table entries and physical addresses, which have no bits
///   from there on (CPUID Fn8000_001F EBX bits 5:0); 40 to 51
/// @param cycles that it adds to an encrypted reference that memory serves, 0 to 1,000
/// @param scope which references are encrypted, as far as cycles are concerned
public record MemoryEncryption(int bit, int cycles, EncryptionScope scope) {
    /// The most cycles.
    public static final int MOST_CYCLES = 1_000;

    private static final int LEAST_BIT = 40;
    private static final int MOST_BIT = 51;

    /// Where the C-bit is on current processors (EPYC 7002 and later; on EPYC 7001 it was 47).
    public static final int USUAL_BIT = MOST_BIT;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public MemoryEncryption {
        if (bit < LEAST_BIT || bit > MOST_BIT) {
            throw new InputException(
                    "encryption bit: %d is not %d to %d".formatted(bit, LEAST_BIT, MOST_BIT));
        }
        if (cycles < 0 || cycles > MOST_CYCLES) {
            throw new InputException(
                    "encryption cycles: %,d is not 0 to %,d".formatted(cycles, MOST_CYCLES));
        }
    }

    /// Encryption that costs nothing, with the guests' keys.
    public static final MemoryEncryption FREE =
            new MemoryEncryption(USUAL_BIT, 0, EncryptionScope.GUEST_KEY);

    /// The C-bit.
    public long mask() {
        return 1L << bit;
    }
}
