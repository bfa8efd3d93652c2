package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.RmpEntry;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.machine.simulated.host.Ledger;
import org.nestwalk.machine.simulated.host.NodeDelay;
import org.nestwalk.machine.simulated.host.NodeLoads;
import org.nestwalk.machine.simulated.host.World;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.encryption.ReverseMap;

/// What all virtual machines of a simulated machine have in common.
///
/// @param settings of the machine
/// @param frames of physical memory, with its contents
/// @param owners who owns which frame; null without encryption
/// @param loads of the nodes' memory
/// @param world who may touch all this
/// @param ledger who pays
record SimulatedHost(
        SimulatedSettings settings,
        HostFrames frames,
        @Nullable ReverseMap owners,
        NodeLoads loads,
        World world,
        Ledger ledger) {
    /// Physical memory as it is.
    FlatMemory memory() {
        return frames.contents();
    }

    /// What software takes.
    SoftwareCosts costs() {
        return settings.costs();
    }

    /// Whether the frame at `hpa` is a guest's, so that the hypervisor may not write to it.
    boolean isAssigned(long hpa) {
        return owners != null && RmpEntry.has(owners.entry(hpa), RmpEntry.ASSIGNED);
    }

    /// What memory costs a new CPU, on node 0; null without NUMA.
    @Nullable NodeDelay newDelay() {
        return settings.topology().isNuma() ? new NodeDelay(loads) : null;
    }
}
