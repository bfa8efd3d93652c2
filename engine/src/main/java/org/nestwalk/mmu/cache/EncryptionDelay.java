package org.nestwalk.mmu.cache;

/// Memory encryption as a cost: the same cycles for every encrypted reference that memory serves,
/// since what is in the caches is plaintext. Keeps an account of such references.
///
/// Published measurements give no more than ranges for the adder (5 to 10 ns is what is commonly
/// said), so it is a parameter to sweep: an assumption. Encryption of what is written back costs
/// nothing, as write-backs are not modelled.
public final class EncryptionDelay implements MemoryDelay {
    private static final int KINDS = 3;

    private final int cycles;
    private final boolean wholeMemory;
    private final long encryptionBit;
    private final long[] references = new long[KINDS];

    /// A delay that has delayed nothing yet.
    ///
    /// @param cycles of an encrypted reference, at least 0
    /// @param encryptionBit which addresses of encrypted memory have, where only part of a guest's
    ///   data may be encrypted; 0 if all is
    public EncryptionDelay(int cycles, EncryptionScope scope, long encryptionBit) {
        this.cycles = cycles;
        this.wholeMemory = scope == EncryptionScope.WHOLE_MEMORY;
        this.encryptionBit = encryptionBit;
    }

    @Override
    public int cycles(int kind, long hpa) {
        boolean guests = kind != SECOND_LEVEL_TABLE && (hpa & encryptionBit) == encryptionBit;
        if (!wholeMemory && !guests) {
            return 0;
        }
        references[kind]++;
        return cycles;
    }

    /// Encrypted references of a kind of [MemoryDelay] that memory has served so far.
    public long references(int kind) {
        return references[kind];
    }
}
