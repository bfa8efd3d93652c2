package org.nestwalk.machine.invalidation;

/// What tells whoever maps a page that the page may have been taken away since it was looked up, as
/// KVM's `mmu_invalidate_seq`, `mmu_invalidate_in_progress` and range do (`virt/kvm/kvm_main.c`;
/// Linux commit 4a42d848db95 for the range).
///
/// Who maps: reads the [sequence][#sequence], then looks up what backs the page, which may take
/// long, then takes the lock and asks [#mustRetry]; if so it begins anew. Who takes away: with the
/// lock [begins][#begin], removes the entries and has CPUs forget them; without it gives the memory
/// back; with it [ends][#end].
///
/// The order of memory accesses: the sequence is read before the look-up (acquire), and raised
/// before the invalidation stops being in progress, both under the lock. So who finds no
/// invalidation in progress and the old sequence has looked up what is still there.
public final class InvalidationSequence {
    /// One for which nobody begins an invalidation.
    public static final InvalidationSequence UNUSED = new InvalidationSequence();

    private volatile long sequence;
    private int inProgress;
    private long first;
    private long last;

    /// No invalidation yet.
    public InvalidationSequence() {}

    /// How many invalidations have ended. Without the lock.
    public long sequence() {
        return sequence;
    }

    /// Begins an invalidation of `bytes` from `gpa`. Several may be in progress; their ranges are
    /// one then, from the least to the greatest address. With the lock.
    public void begin(long gpa, long bytes) {
        long end = gpa + bytes - 1;
        first = inProgress == 0 ? gpa : Math.min(first, gpa);
        last = inProgress == 0 ? end : Math.max(last, end);
        inProgress++;
    }

    /// Ends an invalidation. With the lock.
    ///
    /// @throws IllegalStateException if none is in progress
    @SuppressWarnings("NonAtomicVolatileUpdate") // the lock is held
    public void end() {
        if (inProgress == 0) {
            throw new IllegalStateException("no invalidation is in progress");
        }
        sequence++;
        inProgress--;
    }

    /// Whether what was looked up for `gpa` after `seen` was read may be stale. With the lock.
    public boolean mustRetry(long seen, long gpa) {
        return inProgress > 0 && gpa >= first && gpa <= last || sequence != seen;
    }
}
