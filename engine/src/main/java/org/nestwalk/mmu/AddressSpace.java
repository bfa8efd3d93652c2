package org.nestwalk.mmu;

/// The software behind the tables: makes mappings before the processor needs them, so that a
/// program meets ready-made tables, built in the order in which it touches its pages.
public interface AddressSpace {
    /// Makes sure that the page of `gva` is mapped in every table that a walk of it reads, for an
    /// access of `type` (bits of [org.nestwalk.paging.AccessType]), which decides what flags a new
    /// mapping has. Called before each walk; costs nothing in the account.
    void touch(long gva, int type);
}
