package org.nestwalk.memory;

/// Physical memory as the walker sees it: 64-bit words. What was never written reads as zero.
public interface PhysicalMemory {
    /// The word at `address`, which is a multiple of 8.
    long read(long address);

    /// Stores `value` at `address`, which is a multiple of 8.
    void write(long address, long value);

    /// Stores data, on which no translation is supposed to depend, at `address`, a multiple of 8.
    default void store(long address, long value) {
        write(address, value);
    }

    /// Sets accessed or dirty flags in a paging-structure entry, as the processor does.
    ///
    /// @param value the entry with them
    /// @param firstUse whether the entry has been part of no translation before, so that nothing
    ///   depends on what it was
    void setFlags(long address, long value, boolean firstUse);

    /// How often a word that was not zero has been changed so far by [#write]. While this stays the
    /// same, entries that were present are what they were, but for flags that were set.
    long rewrites();

    /// How often anything has changed on which a translation made before may depend: [#rewrites],
    /// and flags set in entries already in use.
    long changes();
}
