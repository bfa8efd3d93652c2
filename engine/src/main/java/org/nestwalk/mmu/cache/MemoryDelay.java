package org.nestwalk.mmu.cache;

import org.nestwalk.paging.WalkVisitor;

/// What references that no cache serves cost beyond the machine's own memory latency: because the
/// memory is far away, or busy, or encrypted.
///
/// Asked once for each such reference whose latency is charged, in order, so that it can keep an
/// account of its own.
@FunctionalInterface
public interface MemoryDelay {
    /// A reference to the guest's tables, or the only ones.
    int GUEST_TABLE = WalkVisitor.GUEST;

    /// A reference to the second-level tables.
    int SECOND_LEVEL_TABLE = WalkVisitor.SECOND;

    /// A reference to the program's data.
    int DATA = 2;

    /// The additional cycles of a reference to `hpa`, at least 0.
    ///
    /// @param kind one of the above
    int cycles(int kind, long hpa);
}
