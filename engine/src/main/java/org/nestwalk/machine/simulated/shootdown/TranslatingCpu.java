package org.nestwalk.machine.simulated.shootdown;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.simulated.host.NodeDelay;
import org.nestwalk.paging.PageModificationLog;

/// A virtual CPU as those see it who change what it translates with. Used alone (see
/// [org.nestwalk.machine.simulated.host.World]).
public interface TranslatingCpu extends VirtualCpu {
    /// The second level of a range has changed in a way that makes cached translations stale.
    void secondLevelChanged(long gpa, long bytes);

    /// The CPU has moved, or the second-level tables have: looks for them again, with nothing
    /// cached of them.
    void tablesMoved();

    /// Removes everything cached for the virtual machine, at no cost.
    void invalidateAll();

    /// References the line of the host-physical address `hpa`, which its data caches have then.
    ///
    /// @return cycles that it takes
    int readLine(long hpa);

    /// The page-modification log; null if the processor has none.
    @Nullable PageModificationLog log();

    /// What memory costs beside the processor's own latency; null without NUMA.
    @Nullable NodeDelay delay();

    /// The node that it runs on.
    default int node() {
        NodeDelay delay = delay();
        return delay == null ? 0 : delay.node();
    }
}
