package org.nestwalk.mmu.model;

/// How a set-associative structure chooses the way to replace when its set is full.
public enum Replacement {
    /// True least recently used.
    LRU,
    /// Tree pseudo-LRU: one bit per inner node of a binary tree over the ways points away from the
    /// last use.
    TREE_PLRU,
    /// Least frequently used; counts saturate and the lowest way wins a tie.
    LFU,
    /// A way drawn by a seeded generator.
    RANDOM
}
