package org.nestwalk.kvm.machine;

import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.random.SplitMix64;

/// The host's KVM as a machine.
public final class KvmMachine implements Machine {
    private static final int REGISTERS_BY_MEMORY = 3;
    private static final long PART = 256L << 20;

    private final Kvm kvm;
    private final KvmSettings settings;
    private final long partBytes;
    private final ForkSteps steps;
    private final long seed = new SecureRandom().nextLong();
    private final AtomicLong made = new AtomicLong();
    private final KvmHostMemory host = new KvmHostMemory();
    private volatile double frequency;
    private OptionalInt node = OptionalInt.empty();
    private final List<KvmVirtualMachine> machines = new CopyOnWriteArrayList<>();
    private final List<KvmFrozenMemory> frozen = new CopyOnWriteArrayList<>();
    private @Nullable ExecutorService background;

    private KvmMachine(Kvm kvm, KvmSettings settings, long partBytes, ForkSteps steps) {
        this.kvm = kvm;
        this.partBytes = partBytes;
        this.steps = steps;
        this.settings = settings;
    }

    /// Opens the host's KVM.
    ///
    /// @param settings of all its virtual machines
    /// @throws InputException with one sentence, if there is none, or it lacks what is needed
    public static KvmMachine open(KvmSettings settings) {
        return open(settings, PART, new ForkSteps());
    }

    /// As [#open(KvmSettings)].
    ///
    /// @param partBytes of memory that a virtual machine made by freezing reaches at a time
    /// @param steps of freezing and forking
    static KvmMachine open(KvmSettings settings, long partBytes, ForkSteps steps) {
        Kvm kvm = Kvm.open();
        try {
            if ((kvm.extension(Extension.SYNC_REGISTERS) & REGISTERS_BY_MEMORY)
                    != REGISTERS_BY_MEMORY) {
                throw new InputException(
                        "this host's KVM does not exchange registers by shared memory"
                                + " (KVM_CAP_SYNC_REGS); use Linux 4.18 or newer");
            }
            if (settings.dirty() == KvmSettings.Dirty.RING && !kvm.has(Extension.DIRTY_RING)) {
                throw new InputException(
                        "this host's KVM has no dirty ring; use Linux 5.11 or newer, or the"
                                + " bitmap");
            }
            return new KvmMachine(kvm, settings, partBytes, steps);
        } catch (RuntimeException e) {
            kvm.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "kvm";
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities(settings);
    }

    /// The abilities of a machine with these settings.
    public static Set<Capability> capabilities(KvmSettings settings) {
        EnumSet<Capability> capabilities = EnumSet.of(Capability.SAVED_STATE);
        if (settings.traps()) {
            capabilities.add(Capability.VIOLATION_EXITS);
        }
        if (settings.isForkable()) {
            capabilities.add(Capability.FORK);
        }
        return capabilities;
    }

    KvmSettings settings() {
        return settings;
    }

    /// How memory is frozen and forked.
    ForkSteps steps() {
        return steps;
    }

    /// Bytes of memory that a virtual machine made by freezing reaches at a time.
    long partBytes() {
        return partBytes;
    }

    /// Binds the memory of virtual machines made later to `node` of the host. Their CPUs run where
    /// the threads that run them do.
    ///
    /// @throws InputException if there is no such node
    public void bindTo(int node) {
        this.node = OptionalInt.of(HostNodes.running().node(node).number());
    }

    /// The node that memory comes from, if it is bound to one.
    OptionalInt node() {
        return node;
    }

    /// A generation that no other of its virtual machines has.
    long newGeneration() {
        return SplitMix64.hash(seed, made.getAndIncrement());
    }

    Kvm kvm() {
        return kvm;
    }

    /// The frequency of the time-stamp counter, in whose cycles accounts are kept, in Hz; 0 until
    /// there is a virtual machine.
    public double frequency() {
        return frequency;
    }

    /// A new virtual machine.
    ///
    /// @throws InputException if the host cannot run it, such as for more memory than it has
    @Override
    public VirtualMachine create(VmSettings vm) {
        if (vm.mode() != TranslationMode.NESTED) {
            throw new InputException(
                    "on KVM the host decides how addresses are translated; %s mode is for the simulated machine"
                            .formatted(vm.mode().name().toLowerCase(Locale.ROOT)));
        }
        if (vm.protection() != Protection.NONE) {
            throw new InputException(
                    "%s: encrypted virtual machines are for the simulated machine"
                            .formatted(vm.name()));
        }
        if (vm.memoryBytes() > Math.min(host.bytes(), ControlArea.MOST_MEMORY)) {
            throw new InputException(
                    "guest memory of %d bytes is more than the host's %d; use less"
                            .formatted(
                                    vm.memoryBytes(),
                                    Math.min(host.bytes(), ControlArea.MOST_MEMORY)));
        }
        return register(vm.name(), () -> KvmVirtualMachine.create(this, vm));
    }

    /// A new virtual machine, which is closed with this.
    ///
    /// @throws InputException if the host cannot have it
    KvmVirtualMachine register(String name, Supplier<KvmVirtualMachine> making) {
        KvmVirtualMachine made = withRoom("one more virtual machine, " + name, making);
        machines.add(made);
        if (frequency == 0) {
            frequency = made.frequency();
        }
        return made;
    }

    /// Frozen memory, which is closed with this.
    KvmFrozenMemory register(KvmFrozenMemory made) {
        frozen.add(made);
        return made;
    }

    /// Makes something.
    ///
    /// @throws InputException if the host cannot have it
    <T> T withRoom(String what, Supplier<T> making) {
        try {
            return making.get();
        } catch (SystemCallException e) {
            throw new InputException(
                    KvmVm.isExhaustion(e)
                            ? "the host has no room for %s (%s); close some, or raise ulimit -n and vm.max_map_count"
                                    .formatted(what, e.getMessage())
                            : "KVM cannot make %s: %s".formatted(what, e.getMessage()),
                    e);
        }
    }

    /// How many virtual machines have the page at `gpa` in `layer`, and no copy of their own.
    int sharers(MemoryLayer layer, long gpa) {
        return (int)
                machines.stream()
                        .filter(machine -> machine.ram().sharedLayer(gpa) == layer)
                        .count();
    }

    /// Does what need not be waited for. It is done when this is closed.
    synchronized Executor background() {
        if (background == null) {
            background =
                    Executors.newSingleThreadExecutor(
                            Thread.ofPlatform().daemon().name("kvm-background").factory());
        }
        return background;
    }

    @Override
    public HostMemory host() {
        return host;
    }

    void closed(KvmVirtualMachine machine) {
        machines.remove(machine);
    }

    void closed(KvmFrozenMemory memory) {
        frozen.remove(memory);
    }

    @Override
    public void close() {
        machines.forEach(KvmVirtualMachine::close);
        frozen.forEach(KvmFrozenMemory::close);
        awaitBackground();
        kvm.close();
    }

    private synchronized void awaitBackground() {
        if (background != null) {
            background.close();
        }
    }
}
