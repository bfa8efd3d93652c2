package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.memory.FlatMemory;

/// The simulated machine: virtual machines on one physical memory, with a processor of its own for
/// every virtual CPU.
public final class SimulatedMachine implements Machine, PageMover {
    private final SimulatedSettings settings;
    private final FlatMemory memory = new FlatMemory(0);
    private final HostFrames host;
    private final World world = new World();
    private final Account own = new Account();
    private final List<SimulatedVm> machines = new ArrayList<>();
    private final NodeLoads loads;
    private long pagesMoved;

    /// A machine whose memory is free but for the fragmentation imposed on it.
    public SimulatedMachine(SimulatedSettings settings) {
        this.settings = settings;
        this.host = new HostFrames(settings, memory, this);
        this.loads = new NodeLoads(settings);
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.allOf(Capability.class);
        if (!settings.topology().isNuma()) {
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
    ///   alone
    @Override
    public VirtualMachine create(VmSettings vm) {
        if (machines.stream().anyMatch(SimulatedVm::isNative)
                || (vm.mode() == TranslationMode.NATIVE && openMachines() > 0)) {
            throw new InputException(
                    "%s: without a virtual machine the machine runs one kernel only"
                            .formatted(vm.name()));
        }
        SimulatedVm made = new SimulatedVm(this, machines.size() + 1, vm);
        machines.add(made);
        return made;
    }

    /// Gives the CPUs of a virtual machine of this one transactional memory: from now on they run
    /// programs as transactions, and are driven by one thread.
    ///
    /// @throws InputException if its processors have no data caches
    public Transactions useTransactions(VirtualMachine vm, TransactionSettings settings) {
        return machines.stream()
                .filter(machine -> machine.equals(vm))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("another machine's"))
                .useTransactions(settings);
    }

    /// Has other tenants load the memory of `node` so that another node's processor waits `loaded`
    /// times as long as for its own idle memory; the queue in front of it is as long for all.
    ///
    /// @param loaded [Topology#remote] for idle memory, up to [Topology#MOST_LOADED]
    /// @throws InputException if there is no such node, or `loaded` is out of bounds
    public void load(int node, double loaded) {
        world.alone(null, own, () -> loads.set(node, loaded));
    }

    /// What memory costs a new CPU, on node 0; null without NUMA.
    @Nullable NodeDelay newDelay() {
        return settings.topology().isNuma() ? new NodeDelay(settings, loads) : null;
    }

    private long openMachines() {
        return machines.stream().filter(machine -> !machine.isClosed()).count();
    }

    @Override
    public HostMemory host() {
        return host;
    }

    HostFrames frames() {
        return host;
    }

    FlatMemory memory() {
        return memory;
    }

    World world() {
        return world;
    }

    /// Pages that compaction has moved, other tenants' included.
    public long pagesMoved() {
        return pagesMoved;
    }

    @Override
    public void move(long owner, long from, long to) {
        pagesMoved++;
        machines.get(FrameOwners.machine(owner) - 1).move(FrameOwners.gpa(owner), from, to);
    }

    @Override
    public void movedForeign() {
        pagesMoved++;
        world.charge(Cost.HOST_COPYING, settings.costs().copying());
    }

    /// Checks what must always hold: every frame in use has one owner, and every mapping of every
    /// second level is backed by a frame of its own virtual machine, as are its tables.
    ///
    /// @throws IllegalStateException if something does not
    public void checkInvariants() {
        world.alone(null, own, () -> new Invariants(host, machines).check());
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
        if (!host.isRestored(settings)) {
            throw new IllegalStateException("host memory is not what it was at first");
        }
    }
}
