package org.nestwalk.mmu;

import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;

/// An access that cannot be translated, in a run whose tables are supposed to be ready: the program
/// left what its address space can map.
public final class TranslationFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;
    private final long linearAddress;

    TranslationFault(WalkResult result) {
        super(
                "access to %x ends with %s (code %x)"
                        .formatted(result.linearAddress(), result.outcome(), result.code()));
        this.outcome = result.outcome();
        this.linearAddress = result.linearAddress();
    }

    /// How the walk ended.
    public Outcome outcome() {
        return outcome;
    }

    /// The linear address of the access.
    public long linearAddress() {
        return linearAddress;
    }
}
