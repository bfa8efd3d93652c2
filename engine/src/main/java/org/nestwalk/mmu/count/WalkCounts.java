package org.nestwalk.mmu.count;

import org.nestwalk.paging.WalkVisitor;

/// Walks of one kind, and their references.
public final class WalkCounts {
    /// Levels of the memory hierarchy that are told apart: up to five caches and memory.
    public static final int SERVERS = 6;

    /// Walks.
    public long walks;

    /// References to guest tables (native tables, shadow tables).
    public long guestReferences;

    /// References to second-level tables.
    public long secondLevelReferences;

    /// Second-level translations that the nested TLB gave without a reference; with those that
    /// [#secondStarts] counts, all there were within the range of addresses.
    public long nestedTlbHits;

    /// Guest references by the level of the memory hierarchy that served them.
    public final long[] guestServed = new long[SERVERS];

    /// Second-level references by the level of the memory hierarchy that served them.
    public final long[] secondServed = new long[SERVERS];

    /// Walks by where they began: index 0 at the root, index n after a hit in the guest
    /// paging-structure cache of level-n entries.
    public final long[] starts = new long[6];

    /// Second-level walks by where they began, likewise.
    public final long[] secondStarts = new long[6];

    /// An account at zero.
    public WalkCounts() {}

    /// All references.
    public long references() {
        return guestReferences + secondLevelReferences;
    }

    /// References of a walk on average; 0 if there was none.
    public double referencesPerWalk() {
        return walks == 0 ? 0 : (double) references() / walks;
    }

    public void countReferences(int dimension, int server, int count) {
        if (dimension == WalkVisitor.GUEST) {
            guestReferences += count;
            guestServed[server] += count;
        } else {
            secondLevelReferences += count;
            secondServed[server] += count;
        }
    }

    void add(WalkCounts other, long times) {
        walks += times * other.walks;
        guestReferences += times * other.guestReferences;
        secondLevelReferences += times * other.secondLevelReferences;
        nestedTlbHits += times * other.nestedTlbHits;
        add(guestServed, other.guestServed, times);
        add(secondServed, other.secondServed, times);
        add(starts, other.starts, times);
        add(secondStarts, other.secondStarts, times);
    }

    private static void add(long[] to, long[] from, long times) {
        for (int i = 0; i < to.length; i++) {
            to[i] += times * from[i];
        }
    }
}
