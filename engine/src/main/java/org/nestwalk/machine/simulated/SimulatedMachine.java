package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.RmpEntry;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.machine.simulated.host.Ledger;
import org.nestwalk.machine.simulated.host.NodeLoads;
import org.nestwalk.machine.simulated.host.PageMover;
import org.nestwalk.machine.simulated.host.World;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.encryption.ReverseMap;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// The simulated machine: virtual machines on one physical memory, with a processor of its own for
/// every virtual CPU.
public final class SimulatedMachine implements Machine, PageMover {
    private final SimulatedSettings settings;
    private final SimulatedHost host;
    private final World world;
    private final Ledger ledger = new Ledger();
    private final Account own = new Account();
    private final List<SimulatedVm> machines = new ArrayList<>();
    private long pagesMoved;

    /// A machine whose memory is free but for the fragmentation imposed on it.
    public SimulatedMachine(SimulatedSettings settings) {
        this.settings = settings;
        this.world = new World(ledger);
        FlatMemory memory = new FlatMemory(0);
        this.host =
                new SimulatedHost(
                        settings,
                        new HostFrames(
                                settings.hostBytes(),
                                settings.nodes(),
                                settings.fragmentation(),
                                settings.seed(),
                                memory,
                                this),
                        settings.encryption() == null
                                ? null
                                : new ReverseMap(memory, settings.hostBytes() >>> 12),
                        new NodeLoads(
                                settings.topology(),
                                settings.nodeBytes(),
                                settings.model().memory().memoryCycles()),
                        world,
                        ledger);
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = capabilities(settings.topology());
        if (settings.model().translation().secondLevel() == SecondLevelFormat.NPT) {
            all.removeAll(Set.of(Capability.PAGING_WRITE, Capability.SUB_PAGES));
        }
        return all;
    }

    /// The abilities of a machine with these nodes.
    public static Set<Capability> capabilities(Topology topology) {
        Set<Capability> all = EnumSet.allOf(Capability.class);
        if (!topology.isNuma()) {
            all.remove(Capability.NODES);
        }
        return all;
    }

    /// What it was made with.
    public SimulatedSettings settings() {
        return settings;
    }

    /// A new virtual machine.
    ///
    /// @throws InputException if a native one finds no contiguous memory at address 0, or is not
    ///   alone, or if memory cannot be protected as asked for
    @Override
    public VirtualMachine create(VmSettings vm) {
        checkProtection(vm);
        if (machines.stream().anyMatch(SimulatedVm::isNative)
                || (vm.mode() == TranslationMode.NATIVE && openMachines() > 0)) {
            throw new InputException(
                    "%s: without a virtual machine the machine runs one kernel only"
                            .formatted(vm.name()));
        }
        return add(vm, vm.cpus());
    }

    private SimulatedVm add(VmSettings settings, int cpus) {
        SimulatedVm made = new SimulatedVm(host, machines.size() + 1, settings, cpus, this::freeze);
        machines.add(made);
        return made;
    }

    /// Freezes the memory of `vm`: a virtual machine without CPUs inherits all of its pages.
    private FrozenMemory freeze(SimulatedVm vm) {
        vm.tables().shared().withholdAll();
        SimulatedVm frozen = add(vm.settings(), 0);
        frozen.tables().inherited().inherit(vm.tables().inherited());
        vm.tables()
                .pins()
                .forEach(page -> vm.tables().shared().copyTo(frozen.tables().shared(), page));
        return new SimulatedFrozenMemory(frozen, name -> fork(frozen, name));
    }

    private VirtualMachine fork(SimulatedVm frozen, String name) {
        SimulatedVm made = add(frozen.settings().withName(name), frozen.settings().cpus());
        made.tables().inherited().inherit(frozen.tables().inherited());
        return made;
    }

    private void checkProtection(VmSettings vm) {
        if (vm.protection() == Protection.NONE) {
            return;
        }
        if (settings.encryption() == null) {
            throw new InputException(
                    "%s: the machine has no memory encryption; give it one".formatted(vm.name()));
        }
        if (settings.model().translation().secondLevel() != SecondLevelFormat.NPT) {
            throw new InputException(
                    "%s: encrypted virtual machines need AMD's nested page tables, which machine %s does not have; use zen3, zen4 or zen5"
                            .formatted(vm.name(), settings.model().name()));
        }
        if (vm.mode() != TranslationMode.NESTED) {
            throw new InputException(
                    "%s: an encrypted virtual machine runs under nested paging only, since its tables are hidden from the hypervisor"
                            .formatted(vm.name()));
        }
        if (machines.size() >= RmpEntry.MOST_ASID) {
            throw new InputException(
                    "%s: no key is left; a machine has %,d"
                            .formatted(vm.name(), RmpEntry.MOST_ASID));
        }
    }

    /// Gives the CPUs of a virtual machine of this one transactional memory: from now on they run
    /// programs as transactions, and are driven by one thread.
    ///
    /// @throws InputException if its processors have no data caches, or its memory is encrypted
    public Transactions useTransactions(VirtualMachine vm, TransactionSettings settings) {
        SimulatedVm own = own(vm);
        if (own.context().protection().isEncrypted()) {
            throw new InputException(
                    "%s: processors that encrypt virtual machines have no transactional memory"
                            .formatted(own.settings().name()));
        }
        return own.useTransactions(settings);
    }

    /// A virtual machine as one of this machine's.
    SimulatedVm own(VirtualMachine vm) {
        return SimulatedVm.of(machines, vm);
    }

    /// Encrypted references of a kind of [org.nestwalk.mmu.cache.MemoryDelay] that memory has
    /// served to the CPUs of a virtual machine of this one; 0 without encryption.
    public long encryptedReferences(VirtualMachine vm, int kind) {
        long sum = 0;
        for (SimulatedCpu cpu : own(vm).simulatedCpus()) {
            EncryptionDelay encryption = cpu.translation().encryption;
            sum += encryption == null ? 0 : encryption.references(kind);
        }
        return sum;
    }

    /// What its hypervisor can do to guests' memory behind their backs.
    public HostAccess hostAccess() {
        return new HostAccess(host, machines);
    }

    /// Has other tenants load the memory of `node` so that another node's processor waits `loaded`
    /// times as long as for its own idle memory; the queue in front of it is as long for all.
    ///
    /// @param loaded [Topology#remote] for idle memory, up to [Topology#MOST_LOADED]
    /// @throws InputException if there is no such node, or `loaded` is out of bounds
    public void load(int node, double loaded) {
        world.alone(null, own, () -> host.loads().set(node, loaded));
    }

    private long openMachines() {
        return machines.stream().filter(machine -> !machine.isClosed()).count();
    }

    @Override
    public HostMemory host() {
        return frames();
    }

    HostFrames frames() {
        return host.frames();
    }

    /// Pages that compaction has moved, other tenants' included.
    public long pagesMoved() {
        return pagesMoved;
    }

    @Override
    public void move(long from, long to) {
        pagesMoved++;
        FrameOwners owners = frames().owners();
        owners.forEachPage(from, page -> machineOf(page).context().interruptTransactions());
        host.memory().copyFrame(from, to);
        ledger.charge(Cost.HOST_COPYING, settings.costs().copying());
        owners.forEachPage(
                from, page -> machineOf(page).tables().move(FrameOwners.gpa(page), from, to));
    }

    @Override
    public boolean isPinned(long hpa) {
        return !frames().owners().allPages(hpa, this::isMovable);
    }

    private boolean isMovable(long page) {
        SimulatedVm vm = machineOf(page);
        return !vm.context().protection().isEncrypted()
                && !vm.tables().pins().isPinned(FrameOwners.gpa(page), PageSize.SIZE_4K.bytes())
                && vm.tables().table().leafLevel(FrameOwners.gpa(page)) == 1;
    }

    /// The virtual machine that has a page.
    private SimulatedVm machineOf(long page) {
        return machines.get(FrameOwners.machine(page) - 1);
    }

    @Override
    public void scanned(long frames) {
        ledger.charge(Cost.HOST_SCANNING, frames * settings.costs().scanning());
    }

    @Override
    public void movedForeign() {
        pagesMoved++;
        ledger.charge(Cost.HOST_COPYING, settings.costs().copying());
    }

    /// Checks what must always hold: every frame in use has an owner, those that back pages have as
    /// many owners as mappings, and tables are frames of their own virtual machine.
    ///
    /// @throws IllegalStateException if something does not
    public void checkInvariants() {
        world.alone(null, own, () -> new Invariants(frames(), machines).check());
    }

    @Override
    public void close() {
        machines.forEach(SimulatedVm::close);
    }

    /// Closes everything and checks that all memory is free again, in whole blocks.
    ///
    /// @throws IllegalStateException if something leaked
    public void closeAndVerify() {
        checkInvariants();
        close();
        if (!frames().isRestored()) {
            throw new IllegalStateException("host memory is not what it was at first");
        }
    }
}
