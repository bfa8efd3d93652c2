package org.nestwalk.mmu.tlb;

import org.nestwalk.mmu.sets.SetAssociative;

/// The page that was last looked up in a first-level TLB. It is the most recently used entry there,
/// so that another access to it changes no replacement state and need not be looked up.
public final class LastPage {
    private static final long NONE = SetAssociative.INVALID;

    /// The tag of the 4-KiB page in its context, or one that no page has.
    public long tag = NONE;

    /// Its translation.
    public long translation;

    // All bits set if no page is to be remembered.
    private final long never;

    /// No page yet.
    ///
    /// @param remembers whether there will ever be one: not if every look-up counts
    LastPage(boolean remembers) {
        this.never = remembers ? 0 : NONE;
    }

    public void remember(long tag, long translation) {
        this.tag = tag | never;
        this.translation = translation;
    }

    public void forget() {
        tag = NONE;
    }
}
