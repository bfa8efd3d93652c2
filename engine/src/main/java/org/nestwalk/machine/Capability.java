package org.nestwalk.machine;

/// An ability that not every machine has.
public enum Capability {
    /// The hypervisor decides which host frames back guest memory, and sees them.
    HOST_FRAMES,
    /// Pages of virtual machines can share host frames ([SecondLevelMap#share]).
    SHARED_FRAMES,
    /// Host memory can be compacted on demand, block by block.
    COMPACTION,
    /// Violations of pages that are not backed reach the hypervisor, instead of being resolved by
    /// the host's kernel.
    VIOLATION_EXITS,
    /// Cycles and references of page walks are counted.
    WALK_COUNTS,
    /// Same run, same cycles.
    DETERMINISTIC_TIME,
    /// Guests with shadow page tables, next to nested paging.
    SHADOW_MODE,
    /// The same program without a virtual machine.
    NATIVE_MODE,
    /// NUMA nodes, if the machine was made with several, among which the hypervisor places memory,
    /// tables and CPUs.
    NODES,
    /// Virtual machines without protection, under a hypervisor, can be saved and restored
    /// ([org.nestwalk.machine.state.VmState]).
    SAVED_STATE,
    /// Flags of guest tables can be set where the guest may not write ([RightsClaim#allowFlags]).
    PAGING_WRITE,
    /// Parts of pages can be written of which the rest may not be ([RightsClaim#allowParts]).
    SUB_PAGES,
    /// Memory can be frozen, and virtual machines made of it ([VirtualMachine#freeze]).
    FORK
}
