package org.nestwalk.machine.topology;

import java.util.List;
import org.nestwalk.bits.PageSize;

/// Where a virtual machine is on a machine with NUMA nodes, and how its hypervisor changes that:
/// its CPUs, the pages that back its memory, and its second-level tables.
///
/// Pages that [org.nestwalk.machine.SecondLevelMap] populates, and tables, come from the node of
/// the CPU that is served, or of the first one; from another node if that one is full. Changes are
/// complete, and charged, as those of [org.nestwalk.machine.SecondLevelMap] are. Nodes that the
/// machine does not have are an [org.nestwalk.InputException].
public interface NodePlacement {
    /// The machine's nodes.
    Topology topology();

    /// Free memory of a node, in bytes.
    long freeBytes(int node);

    /// The node on which a CPU runs.
    int nodeOfCpu(int cpu);

    /// Moves a CPU to another node: its cached translations are dropped, and it walks that node's
    /// copy of the second-level tables if there is one.
    void moveCpu(int cpu, int node);

    /// Backs the naturally aligned page around `gpa` with memory of `node` and no other.
    ///
    /// @return false, with nothing changed, as [org.nestwalk.machine.SecondLevelMap#populate]
    boolean populate(long gpa, PageSize size, int node);

    /// The node of the page that backs `gpa`; -1 if none does.
    int nodeOf(long gpa);

    /// Moves the pages of a range to `node`: copies their contents and maps the copies. Pages that
    /// begin before the range or end after it stay, as do those for which the node has no block.
    ///
    /// @return how many pages were moved
    long migrate(long gpa, long bytes, int node);

    /// Moves all second-level tables to `node`, which also gets the new ones. Copies on other nodes
    /// go.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for them; nothing has
    ///   changed
    void placeTables(int node);

    /// Keeps a copy of all second-level tables on each of `nodes`, the first of which is changed
    /// first; every other change is charged. Copies on other nodes go.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for them; what was done
    ///   before stays
    void replicateTables(List<Integer> nodes);

    /// The nodes that second-level tables have been placed on, as told; empty as long as they come
    /// from wherever a CPU is served.
    List<Integer> tableNodes();

    /// The second-level tables, 4 KiB each, that are in memory of `node`, copies included.
    long tables(int node);

    /// Entries written to copies of second-level tables because the first copy changed.
    long copiedEntries();

    /// What a CPU's references to memory came to.
    NodeCounts counts(int cpu);
}
