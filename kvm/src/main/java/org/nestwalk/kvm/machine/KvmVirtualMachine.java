package org.nestwalk.kvm.machine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.nestwalk.InputException;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.dirty.WriteTraps;
import org.nestwalk.machine.exit.ExitChain;

/// A virtual machine on KVM.
///
/// **Hazard.** Page tables are written from outside the guest. On processors with two-dimensional
/// walks that is like any other store. Where KVM shadows the guest's tables it follows only what
/// the guest itself stores: an entry that becomes present is found at the next fault, but one that
/// was present and is changed would go on being used as it was. Tables in which that has happened
/// are therefore touched from within the guest before any CPU enters it again ([EntryWriter]).
final class KvmVirtualMachine implements VirtualMachine {
    private static final double NANOSECONDS = 1e9;

    private final long generation;
    private final KvmMachine owner;
    private final VmSettings settings;
    private final KvmSettings kvmSettings;
    private final Exclusion exclusion = new Exclusion(this::writeBack, this::closedFailure);
    private final GuestRam ram;
    private final ControlArea control;
    private final RootTables roots;
    private final DirtyLog log;
    private final KvmSecondLevel secondLevel;
    private final ExitChain exits;
    private final List<KvmVcpu> vcpus = new ArrayList<>();
    private final List<KvmCpu> cpus = new ArrayList<>();
    private final Account background = new Account();
    private final ChangedEntries changes = new ChangedEntries();
    private final EntryWriter writer;
    private KvmSlots slots;
    private GuestSoftware software =
            (cpu, gva, code) -> {
                throw new GuestFailure(
                        VmExit.Cause.UNHANDLED_EXCEPTION,
                        "page fault at 0x%x, which nothing handles".formatted(gva));
            };
    private ExitObserver observer = (cpu, reason, cycles) -> {};

    private KvmVirtualMachine(
            KvmMachine owner,
            VmSettings settings,
            KvmSlots slots,
            GuestRam ram,
            ControlArea control,
            BitSet roots) {
        this.owner = owner;
        this.generation = owner.newGeneration();
        this.settings = settings;
        this.kvmSettings = owner.settings();
        this.slots = slots;
        this.ram = ram;
        this.control = control;
        this.roots = new RootTables(ram, control.rootEntry(), roots);
        this.log = new DirtyLog(slots, ram, kvmSettings, vcpus, this::alone);
        this.secondLevel = new KvmSecondLevel(owner, exclusion, ram, log.trackers());
        this.exits = secondLevel.parts();
        this.writer = new EntryWriter(this, settings.cpus(), control);
    }

    /// A new one, of whose memory nothing is backed; trapped memory gets slots as it is touched.
    ///
    /// @throws org.nestwalk.InputException if the host cannot have it
    static KvmVirtualMachine create(KvmMachine owner, VmSettings settings) {
        long bytes = settings.memoryBytes();
        return create(
                owner,
                settings,
                () -> GuestRam.create(settings.name(), bytes, owner.settings()),
                () -> ControlArea.create(bytes, settings.cpus() + 1),
                owner.settings().traps() ? owner.partBytes() : bytes,
                new BitSet());
    }

    /// A new one with the memory of a frozen one.
    ///
    /// @param roots the root tables in it
    /// @throws org.nestwalk.InputException if the host cannot have it
    static KvmVirtualMachine create(
            KvmMachine owner,
            VmSettings settings,
            Layers layers,
            ControlImage.Written control,
            BitSet roots) {
        long bytes = settings.memoryBytes();
        return create(
                owner,
                settings,
                () ->
                        GuestRam.of(
                                settings.name(), bytes, () -> owner.steps().inherit(bytes, layers)),
                () -> ControlArea.of(control),
                owner.partBytes(),
                roots);
    }

    private static KvmVirtualMachine create(
            KvmMachine owner,
            VmSettings settings,
            Supplier<GuestRam> memory,
            Supplier<ControlArea> area,
            long partBytes,
            BitSet roots) {
        Closing closing = new Closing();
        try {
            GuestRam ram = closing.add(memory.get());
            owner.node().ifPresent(ram::bind);
            ControlArea control = closing.add(area.get());
            KvmSlots slots =
                    closing.add(
                            KvmSlots.open(owner, ram.address(), ram.bytes(), partBytes, control));
            KvmVirtualMachine machine =
                    new KvmVirtualMachine(owner, settings, slots, ram, control, roots);
            closing.add(machine.log);
            for (int i = 0; i < settings.cpus(); i++) {
                KvmVcpu vcpu = closing.add(machine.addCpu(i));
                KvmCpu cpu = new KvmCpu(machine, i, vcpu);
                machine.cpus.add(cpu);
                machine.exclusion.add(cpu::pause);
            }
            return machine;
        } catch (RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    /// One more virtual CPU of KVM.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot have it
    KvmVcpu addCpu(int index) {
        KvmVcpu vcpu = slots.vm().createCpu(index, DirtyLog.ringBytes(kvmSettings.dirty()));
        vcpus.add(vcpu);
        return vcpu;
    }

    boolean isClosed() {
        return exclusion.isClosed();
    }

    Exclusion exclusion() {
        return exclusion;
    }

    GuestRam ram() {
        return ram;
    }

    /// What memory is in slots of KVM.
    KvmSlots slots() {
        return slots;
    }

    ControlArea control() {
        return control;
    }

    RootTables roots() {
        return roots;
    }

    DirtyLog log() {
        return log;
    }

    /// Entries of the guest's tables that its kernel has changed.
    ChangedEntries changes() {
        return changes;
    }

    ExitChain exits() {
        return exits;
    }

    GuestSoftware software() {
        return software;
    }

    ExitObserver observer() {
        return observer;
    }

    /// The frequency of the time-stamp counter, in Hz.
    double frequency() {
        return vcpus.getFirst().tscFrequency();
    }

    /// Cycles of the time-stamp counter in a time.
    long cycles(long nanoseconds) {
        return (long) (nanoseconds * frequency() / NANOSECONDS);
    }

    /// The failure returned to callers after closing.
    GuestFailure closedFailure() {
        return new GuestFailure(
                VmExit.Cause.UNHANDLED_EXIT, "%s was closed".formatted(settings.name()));
    }

    /// Does `work` while no CPU is in the guest, and afterwards what has to be done before one is
    /// again.
    ///
    /// @throws GuestFailure if it was closed
    void alone(Runnable work) {
        exclusion.alone(work);
    }

    /// Does what has to be done before a CPU is in the guest again. The caller holds the exclusive
    /// lock.
    void writeBack() {
        changes.writeBack(ram, slots, writer);
    }

    @Override
    public VmSettings settings() {
        return settings;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public GuestMemory memory() {
        return new KvmGuestMemory(ram, roots, secondLevel, log.trackers(), exits);
    }

    @Override
    public KvmSecondLevel secondLevel() {
        return secondLevel;
    }

    @Override
    public List<VirtualCpu> cpus() {
        return List.copyOf(cpus);
    }

    @Override
    public void attach(ExitPart part) {
        exits.attach(part);
    }

    @Override
    public void detach(ExitPart part) {
        exits.detach(part);
    }

    @Override
    public RightsClaim claim(ExitPart owner) {
        return secondLevel.claims().open(owner);
    }

    @Override
    public Set<DirtySource> dirtySources() {
        Set<DirtySource> sources = new HashSet<>(log.sources());
        if (ram.isTrapped()) {
            sources.add(DirtySource.TRAPS);
        }
        return sources;
    }

    @Override
    public DirtyPages trackDirty(DirtySource source) {
        return source == DirtySource.TRAPS
                ? WriteTraps.open(this, log.trackers())
                : log.trackers().open(source);
    }

    @Override
    public void onException(GuestSoftware software) {
        this.software = software;
    }

    @Override
    public void observe(ExitObserver observer) {
        this.observer = observer;
    }

    @Override
    public Account background() {
        return background;
    }

    @Override
    public void exclusively(Runnable work) {
        alone(work);
    }

    @Override
    public void beside(Runnable reading) {
        exclusion.beside(reading);
    }

    @Override
    public void bringBackMemory() {
        exclusively(() -> exits.bringBack());
    }

    @Override
    public FrozenMemory freeze() {
        ForkableMemory memory = ram.forkable();
        return owner.withRoom(
                "the frozen memory of " + settings.name(), () -> exclusively(() -> freeze(memory)));
    }

    private KvmFrozenMemory freeze(ForkableMemory memory) {
        bringBackMemory();
        Layers frozen = owner.steps().freeze(memory);
        try {
            if (memory.hasToLeave(frozen)) {
                goOnOver(memory, frozen);
            }
            return owner.register(
                    new KvmFrozenMemory(owner, settings, frozen, roots.pages(), control.image()));
        } catch (RuntimeException e) {
            frozen.close();
            throw e;
        }
    }

    /// Goes on over a private mapping of `frozen`, in a virtual machine of KVM that knows nothing
    /// yet of the old one: taking mappings away, from this process or from a guest, takes time for
    /// each page that was ever touched. If the host has no room for it, nothing has changed.
    private void goOnOver(ForkableMemory memory, Layers frozen) {
        Closing closing = new Closing();
        try {
            MappedMemory mapping = closing.add(owner.steps().goOn(memory, frozen));
            KvmSlots next =
                    closing.add(
                            KvmSlots.open(
                                    owner,
                                    mapping.address(),
                                    ram.bytes(),
                                    owner.partBytes(),
                                    control));
            List<KvmVcpu> successors = new ArrayList<>();
            int ring = DirtyLog.ringBytes(kvmSettings.dirty());
            for (KvmCpu cpu : cpus) {
                successors.add(closing.add(next.vm().createCpu(cpu.index(), ring)));
                boolean _ = next.reach(cpu.root().address());
            }
            log.moveTo(next);
            MappedMemory before = memory.adopt(frozen, mapping);
            ram.remapped();
            log.remapped();
            KvmVcpu writers = writer.leave();
            int leaving = cpus.size() + (writers == null ? 0 : 1);
            Retired retired = new Retired(owner.background(), slots, before, leaving);
            slots = next;
            changes.forget();
            for (int i = 0; i < successors.size(); i++) {
                cpus.get(i).succession().prepare(successors.get(i), retired);
            }
            if (writers != null && vcpus.remove(writers)) {
                retired.left(writers);
            }
        } catch (SystemCallException | InputException | GuestFailure e) {
            closing.close();
            throw e;
        }
    }

    @Override
    public void close() {
        exclusion.close(() -> {
            cpus.forEach(cpu -> cpu.succession().close());
            vcpus.forEach(KvmVcpu::close);
            log.close();
            control.close();
            ram.close();
            slots.close();
            owner.closed(this);
        });
    }
}
