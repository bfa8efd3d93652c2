package org.nestwalk.mmu;

/// The TLBs that serve one side, data or instructions, and the page of its last access.
final class TlbSide {
    private static final long NO_PAGE = -1;

    final TlbLevel first;
    final TlbLevel second;

    /// The number of the last access's page, negative if there is none. That page is the most
    /// recently used entry of its first-level TLB, so that another access to it changes no
    /// replacement state.
    long lastPage = NO_PAGE;

    /// The translation of the last page.
    long lastTranslation;

    TlbSide(TlbLevel first, TlbLevel second) {
        this.first = first;
        this.second = second;
    }

    void forgetLastPage() {
        lastPage = NO_PAGE;
    }

    /// Removes the cached translations that `scope` affects.
    void invalidate(InvalidationScope scope) {
        first.invalidate(scope);
        second.invalidate(scope);
        forgetLastPage();
    }
}
