package org.nestwalk.memory;

/// Receives the blocks of a [BuddyAllocator].
@FunctionalInterface
public interface BlockVisitor {
    /// A block.
    ///
    /// @param address where it begins, a multiple of its size
    /// @param order log2 of its frames, 0 to [BuddyAllocator#MAX_ORDER]
    /// @param free whether it is free, not allocated
    void block(long address, int order, boolean free);
}
