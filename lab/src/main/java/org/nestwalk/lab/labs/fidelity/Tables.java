package org.nestwalk.lab.labs.fidelity;

import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.cache.MemoryDelay;

/// Where page tables are on a machine with NUMA nodes, and whether another tenant loads that node.
enum Tables {
    /// Both, or the only ones, with the CPU.
    LOCAL(false, false, false),
    /// The second level's on another node.
    LR(false, true, false),
    /// The guest's, or the only ones, on another node.
    RL(true, false, false),
    /// Both on another node.
    RR(true, true, false),
    /// As [#LR], and that node is loaded.
    LRI(false, true, true),
    /// As [#RL], and that node is loaded.
    RLI(true, false, true),
    /// As [#RR], and that node is loaded.
    RRI(true, true, true);

    private final boolean guest;
    private final boolean second;
    private final boolean loaded;

    Tables(boolean guest, boolean second, boolean loaded) {
        this.guest = guest;
        this.second = second;
        this.loaded = loaded;
    }

    /// What references to them cost besides; null for nothing.
    ///
    /// @param memoryCycles of local memory
    /// @param remote latency of remote memory in units of that
    /// @param loadedRemote likewise, if its node is loaded
    @Nullable MemoryDelay delay(int memoryCycles, double remote, double loadedRemote) {
        if (!guest && !second) {
            return null;
        }
        int more = (int) Math.round(((loaded ? loadedRemote : remote) - 1) * memoryCycles);
        return (kind, hpa) ->
                (kind == MemoryDelay.GUEST_TABLE && guest)
                                || (kind == MemoryDelay.SECOND_LEVEL_TABLE && second)
                        ? more
                        : 0;
    }
}
