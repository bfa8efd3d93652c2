import org.nestwalk.guest.program.ProgramProvider;

/// Exact translation, the modelled processor, virtual machines and their guests.
///
/// Exported is what other modules of Nestwalk use and what that names; `docs/api.txt` says which
/// types of it are promised.
module org.nestwalk.engine {
    requires static transitive org.jspecify;

    exports org.nestwalk;
    exports org.nestwalk.bits;
    exports org.nestwalk.guest;
    exports org.nestwalk.guest.kernel;
    exports org.nestwalk.guest.kernel.image;
    exports org.nestwalk.guest.kernel.image.attack;
    exports org.nestwalk.guest.program;
    exports org.nestwalk.hypervisor;
    exports org.nestwalk.hypervisor.devices;
    exports org.nestwalk.hypervisor.dirty;
    exports org.nestwalk.hypervisor.intrusion;
    exports org.nestwalk.hypervisor.layout;
    exports org.nestwalk.hypervisor.lazy;
    exports org.nestwalk.hypervisor.merging;
    exports org.nestwalk.hypervisor.migration;
    exports org.nestwalk.hypervisor.migration.live;
    exports org.nestwalk.hypervisor.migration.live.link;
    exports org.nestwalk.hypervisor.migration.policy;
    exports org.nestwalk.hypervisor.monitor;
    exports org.nestwalk.hypervisor.placement;
    exports org.nestwalk.hypervisor.prefetch;
    exports org.nestwalk.hypervisor.storage;
    exports org.nestwalk.hypervisor.watchpoints;
    exports org.nestwalk.iommu;
    exports org.nestwalk.iommu.queue;
    exports org.nestwalk.iommu.table;
    exports org.nestwalk.machine;
    exports org.nestwalk.machine.device;
    exports org.nestwalk.machine.dirty;
    exports org.nestwalk.machine.exit;
    exports org.nestwalk.machine.invalidation;
    exports org.nestwalk.machine.simulated;
    exports org.nestwalk.machine.simulated.host;
    exports org.nestwalk.machine.state;
    exports org.nestwalk.machine.topology;
    exports org.nestwalk.machine.transactions;
    exports org.nestwalk.memory;
    exports org.nestwalk.memory.encryption;
    exports org.nestwalk.mmu;
    exports org.nestwalk.mmu.cache;
    exports org.nestwalk.mmu.count;
    exports org.nestwalk.mmu.model;
    exports org.nestwalk.mmu.tlb;
    exports org.nestwalk.mmu.walk;
    exports org.nestwalk.paging;
    exports org.nestwalk.parameter;
    exports org.nestwalk.random;
    exports org.nestwalk.storage;

    uses ProgramProvider;
}
