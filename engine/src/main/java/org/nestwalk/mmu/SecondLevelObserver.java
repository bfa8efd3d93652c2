package org.nestwalk.mmu;

/// Sees the look-ups of a processor's second-level TLBs, which are those that missed the first
/// level, in their order.
public interface SecondLevelObserver {
    /// A page was looked up, and what was found has been cached.
    ///
    /// @param tag [org.nestwalk.mmu.tlb.TranslationTag] of the 4-KiB page in its context
    /// @param fetch whether for an instruction fetch
    /// @param hit whether the second level knew it; otherwise a walk has found it
    /// @param translation what was found, a word of [org.nestwalk.mmu.tlb.Translation]
    void lookedUp(long tag, boolean fetch, boolean hit, long translation);
}
