package org.nestwalk.lab.labs.layout;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of guest memory scattered over the host's.
///
/// @param machine the processor's name; null for the host's own, under KVM
/// @param pages of 4 KiB that the guest has
/// @param ways of the shared cache; 0 on KVM
/// @param colours kinds of pages of it without a set in common; 0 on KVM
/// @param frequencyGHz of the processor's cycles; 0 on KVM
/// @param missing what this host does not tell; null for nothing
/// @param placements what each layout hides
/// @param attacks on the cache, from each layout
/// @param races attacks against memory that moves meanwhile
/// @param walkAttacks on the page tables
/// @param costs of each layout
/// @param keptContents whether programs loaded what a twin without a machine says while their
///   memory moved
public record LayoutResult(
        @Nullable String machine,
        long pages,
        int ways,
        int colours,
        double frequencyGHz,
        @Nullable String missing,
        List<Placement> placements,
        List<CacheAttack> attacks,
        List<Race> races,
        List<WalkAttack> walkAttacks,
        List<Cost> costs,
        boolean keptContents) {
    /// Copies the lists.
    public LayoutResult {
        placements = List.copyOf(placements);
        attacks = List.copyOf(attacks);
        races = List.copyOf(races);
        walkAttacks = List.copyOf(walkAttacks);
        costs = List.copyOf(costs);
    }

    /// What a layout hides.
    ///
    /// @param layout its granule, or how it is made otherwise
    /// @param blocks of host memory at which a granule may be; 1 if it is known; 0 if nobody says
    /// @param entropy of where a granule is, in bits
    /// @param guesses until its place is guessed, on average
    /// @param hiddenBits of the cache set that a guest cannot know; 0 if nobody says
    /// @param setBits of the cache set that information is about
    /// @param setInformation that guest-physical addresses have of them, in bits
    /// @param sliceInformation that they have of three bits of the slice
    /// @param chiSquare probability that independent colours differ as much
    /// @param autocorrelation of host-physical page numbers at a distance of one page
    public record Placement(
            String layout,
            long blocks,
            double entropy,
            double guesses,
            double hiddenBits,
            int setBits,
            double setInformation,
            double sliceInformation,
            double chiSquare,
            double autocorrelation) {}

    /// Eviction sets built by a guest.
    ///
    /// @param layout of its memory
    /// @param hidden colours among which it has to look
    /// @param attempts how many
    /// @param found sets that are right
    /// @param candidates lines that an attempt began with, on average
    /// @param accesses of an attempt, on average
    /// @param cycles of an attempt, on average
    /// @param slowdown against memory that is not scattered
    /// @param predicted slowdown by how many candidates there are
    public record CacheAttack(
            String layout,
            int hidden,
            int attempts,
            int found,
            double candidates,
            double accesses,
            double cycles,
            double slowdown,
            double predicted) {}

    /// Eviction sets built while memory moves.
    ///
    /// @param layout of the memory
    /// @param period accesses of the attacker between two moves of everything
    /// @param relative the same over the accesses of an attempt while nothing moves
    /// @param attempts how many
    /// @param found sets that were right in the end
    /// @param moveCycles to move everything once
    /// @param overhead part of all cycles that moving takes
    public record Race(
            String layout,
            long period,
            double relative,
            int attempts,
            int found,
            double moveCycles,
            double overhead) {}

    /// Bits of linear addresses found by the lines of the page tables that walks read.
    ///
    /// @param layout of the memory, and whether it moves after each look
    /// @param addresses how many
    /// @param bits of each that are looked for
    /// @param found of all addresses together
    /// @param accesses for one address
    public record WalkAttack(String layout, int addresses, int bits, int found, double accesses) {}

    /// What a layout costs a guest that makes random accesses.
    ///
    /// @param layout its granule, or pages of the host
    /// @param guestPages size of the guest's own
    /// @param walkReferences of a walk
    /// @param most references that a walk takes without caches
    /// @param translationCycles of an access
    /// @param cycles of an access, with its data
    public record Cost(
            String layout,
            String guestPages,
            double walkReferences,
            int most,
            double translationCycles,
            double cycles) {}
}
