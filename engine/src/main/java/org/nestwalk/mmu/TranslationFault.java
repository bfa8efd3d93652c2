package org.nestwalk.mmu;

import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;

/// An access that cannot be translated: for the software behind the tables to resolve, or, in a run
/// whose tables are supposed to be ready, an error of the program.
///
/// It has no stack trace: it is part of the normal course where memory is mapped on demand.
public final class TranslationFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;
    private final long linearAddress;
    private final long guestPhysicalAddress;
    private final long code;

    /// What came of a walk that failed.
    public TranslationFault(WalkResult result) {
        super(null, null, false, false);
        this.outcome = result.outcome();
        this.linearAddress = result.linearAddress();
        this.guestPhysicalAddress = result.guestPhysicalAddress();
        this.code = result.code();
    }

    @Override
    public String getMessage() {
        return "access to %x ends with %s (code %x)".formatted(linearAddress, outcome, code);
    }

    /// How the walk ended.
    public Outcome outcome() {
        return outcome;
    }

    /// The linear address of the access.
    public long linearAddress() {
        return linearAddress;
    }

    /// The guest-physical address whose second-level translation failed, if that is the outcome.
    public long guestPhysicalAddress() {
        return guestPhysicalAddress;
    }

    /// Error code, exit qualification or EXITINFO1; see [WalkResult#code].
    public long code() {
        return code;
    }
}
