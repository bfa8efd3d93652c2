package org.nestwalk.lab.labs.dmaattack;

import java.util.List;

/// What a hostile device got of memory.
///
/// @param machine the processor's name
/// @param secrets that there were, of each kind
/// @param modes by way of protection
/// @param others by what else the device or the guest may do
/// @param orders in which mappings were taken away
public record DmaAttackResult(
        String machine, long secrets, List<Mode> modes, List<Other> others, List<Order> orders) {
    /// Copies the lists.
    public DmaAttackResult {
        modes = List.copyOf(modes);
        others = List.copyOf(others);
        orders = List.copyOf(orders);
    }

    /// Secrets that a device got under one way of protection.
    ///
    /// @param mode way of protection
    /// @param never of memory that it was never given
    /// @param atOnce of buffers that were taken back just before
    /// @param later of those 20 ms later
    /// @param beside of what lies beside a buffer in its page, while it has that
    /// @param corrupted buffers taken back that it still wrote to
    public record Mode(
            String mode, long never, long atOnce, long later, long beside, long corrupted) {}

    /// Secrets that somebody else got.
    ///
    /// @param attacker who, and how
    /// @param tried how many
    /// @param got how many of them
    public record Other(String attacker, long tried, long got) {}

    /// Unmaps in one order, while the device reads and writes all the time.
    ///
    /// @param order what is wrong with it
    /// @param unmaps that were made, up to the one that was found
    /// @param found whether the checker found a stale access
    /// @param history what the checker said; empty if it found nothing
    public record Order(String order, long unmaps, boolean found, String history) {}
}
