package org.nestwalk.lab.labs.devices;

import java.util.List;

/// What protection from a device costs, and what a moving guest loses by one.
///
/// @param machine the processor's name
/// @param gigabits of the line, a second
/// @param frequency of the processor in GHz
/// @param packetCycles of a packet without protection
/// @param strictShare of 10 Gb/s that strict protection was fitted to, with 1,500 bytes
/// @param invalidationCycles that makes it so
/// @param throughput by way of protection and size of packets
/// @param misses of the IOTLB by ring, pages and device TLB
/// @param guests by way of having an IOMMU
/// @param moves of guests whose device writes
public record DevicesResult(
        String machine,
        double gigabits,
        double frequency,
        long packetCycles,
        double strictShare,
        long invalidationCycles,
        List<Throughput> throughput,
        List<Misses> misses,
        List<GuestIommu> guests,
        List<Move> moves) {
    /// Copies the lists.
    public DevicesResult {
        throughput = List.copyOf(throughput);
        misses = List.copyOf(misses);
        guests = List.copyOf(guests);
        moves = List.copyOf(moves);
    }

    /// Packets received in one way of protection.
    ///
    /// @param mode way of protection
    /// @param packet bytes of a packet
    /// @param share of the line's rate
    /// @param cycles of a packet, all
    /// @param tables of them, writing entries
    /// @param addresses of them, finding addresses and buffers
    /// @param invalidations of them
    /// @param copying of them
    /// @param busy part of the time that the processor worked
    /// @param exposedPageNanos of pages that were taken back, how long the device reached them
    /// @param mostExposed pages at once
    /// @param longestNanos of one of them
    /// @param wrong packets that arrived otherwise than they were sent
    public record Throughput(
            String mode,
            long packet,
            double share,
            double cycles,
            double tables,
            double addresses,
            double invalidations,
            double copying,
            double busy,
            long exposedPageNanos,
            long mostExposed,
            long longestNanos,
            long wrong) {}

    /// Walks of a unit for one ring.
    ///
    /// @param ring descriptors
    /// @param pages size of the pages that buffers are mapped by, 4K or 2M
    /// @param deviceTlb entries of the device's own TLB, 0 for none
    /// @param requests of the unit, by packet
    /// @param walks of the unit, by packet
    public record Misses(long ring, String pages, long deviceTlb, double requests, double walks) {}

    /// A guest's own IOMMU, strict.
    ///
    /// @param way that the guest has it
    /// @param exits for the IOMMU, by packet
    /// @param interrupts of the card, by packet, each an exit, too
    /// @param cycles of a packet
    /// @param share of the line's rate
    /// @param pinned part of the guest's memory, at most
    public record GuestIommu(
            String way,
            double exits,
            double interrupts,
            double cycles,
            double share,
            double pinned) {}

    /// A guest that moves while its device writes.
    ///
    /// @param tracking how the device's writes are found
    /// @param rounds of copying
    /// @param pages sent, all rounds
    /// @param pausedNanos that the device stood
    /// @param wrongPages that are not at the target what they are at the source
    public record Move(
            String tracking, long rounds, long pages, long pausedNanos, long wrongPages) {}
}
