package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a simulated machine is made with.
///
/// @param model its processors, one for each virtual CPU
/// @param hostBytes its physical memory; a positive multiple of 4 MiB for each node, at most 16 TiB
/// @param topology its NUMA nodes, among which memory is divided equally
/// @param fragmentation of free memory before anything runs
/// @param guestLevels levels of the guests' tables, 4 or 5
/// @param hostLevels levels of the second-level tables, 4 or 5
/// @param costs of software
/// @param contents whether programs' data is kept, so that they have a checksum; it takes as much
///   of this process's memory as programs write
/// @param seed of everything random
/// @param encryption of memory, or null for none. A guest that is not protected is charged for it
///   as if all its memory were encrypted: timing needs no contents
public record SimulatedSettings(
        ProcessorModel model,
        long hostBytes,
        Topology topology,
        Fragmentation fragmentation,
        int guestLevels,
        int hostLevels,
        SoftwareCosts costs,
        boolean contents,
        long seed,
        @Nullable MemoryEncryption encryption) {
    private static final long UNIT = 4L << 20;
    private static final long MOST_BYTES = 16L << 40;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public SimulatedSettings {
        if (hostBytes <= 0
                || hostBytes % (UNIT * topology.nodes()) != 0
                || hostBytes > MOST_BYTES) {
            throw new InputException(
                    "host memory of %d bytes is not a multiple of 4MiB for each node, up to 16TiB"
                            .formatted(hostBytes));
        }
        checkLevels("guest", guestLevels);
        checkLevels("host", hostLevels);
    }

    /// A machine of one node with `hostBytes` of unfragmented memory, 4-level tables, assumed costs
    /// and contents.
    public static SimulatedSettings of(ProcessorModel model, long hostBytes) {
        return new SimulatedSettings(
                model,
                hostBytes,
                Topology.ONE_NODE,
                Fragmentation.NONE,
                4,
                4,
                SoftwareCosts.assumed(model.costs().exitCycles()),
                true,
                1,
                null);
    }

    /// The same with other fragmentation, drawn by `seed`.
    public SimulatedSettings withFragmentation(Fragmentation other, long seed) {
        return new SimulatedSettings(
                model,
                hostBytes,
                topology,
                other,
                guestLevels,
                hostLevels,
                costs,
                contents,
                seed,
                encryption);
    }

    /// The same, with or without contents.
    public SimulatedSettings withContents(boolean contents) {
        return new SimulatedSettings(
                model,
                hostBytes,
                topology,
                fragmentation,
                guestLevels,
                hostLevels,
                costs,
                contents,
                seed,
                encryption);
    }

    /// The same with memory encryption.
    public SimulatedSettings with(MemoryEncryption encryption) {
        return new SimulatedSettings(
                model,
                hostBytes,
                topology,
                fragmentation,
                guestLevels,
                hostLevels,
                costs,
                contents,
                seed,
                encryption);
    }

    /// The same with the nodes of `other`.
    public SimulatedSettings withTopology(Topology other) {
        return new SimulatedSettings(
                model,
                hostBytes,
                other,
                fragmentation,
                guestLevels,
                hostLevels,
                costs,
                contents,
                seed,
                encryption);
    }

    /// The same with another `seed`.
    public SimulatedSettings withSeed(long seed) {
        return withFragmentation(fragmentation, seed);
    }

    /// How many NUMA nodes there are.
    public int nodes() {
        return topology.nodes();
    }

    /// Bytes of memory that each node has.
    public long nodeBytes() {
        return hostBytes / topology.nodes();
    }

    private static void checkLevels(String whose, int levels) {
        if (levels != 4 && levels != 5) {
            throw new InputException(
                    "%d levels of %s tables; they have 4 or 5".formatted(levels, whose));
        }
    }
}
