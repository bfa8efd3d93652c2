package org.nestwalk.kvm.machine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitPart;
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
    private static final int MEMORY_SLOT = 0;
    private static final int CONTROL_SLOT = 1;
    private static final long GAP = PageSize.SIZE_1G.bytes();
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final double NANOSECONDS = 1e9;

    private final KvmMachine owner;
    private final VmSettings settings;
    private final KvmSettings kvmSettings;
    private final Exclusion exclusion = new Exclusion();
    private final KvmVm vm;
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
    private int depth;
    private GuestSoftware software =
            (cpu, gva, code) -> {
                throw new GuestFailure(
                        VmExit.Cause.UNHANDLED_EXCEPTION,
                        "page fault at 0x%x, which nothing handles".formatted(gva));
            };
    private ExitObserver observer = (cpu, reason, cycles) -> {};
    private volatile boolean closed;

    private KvmVirtualMachine(
            KvmMachine owner, VmSettings settings, KvmVm vm, GuestRam ram, ControlArea control) {
        this.owner = owner;
        this.settings = settings;
        this.kvmSettings = owner.settings();
        this.vm = vm;
        this.ram = ram;
        this.control = control;
        this.roots = new RootTables(ram, control.rootEntry());
        this.log =
                new DirtyLog(vm, MEMORY_SLOT, ram.bytes(), kvmSettings.dirty(), vcpus, this::alone);
        this.secondLevel = new KvmSecondLevel(exclusion, ram, log.trackers());
        this.exits = new ExitChain(secondLevel.claims());
        this.writer = new EntryWriter(this, settings.cpus(), control);
    }

    /// A new one.
    ///
    /// @throws org.nestwalk.InputException if the host cannot have it
    static KvmVirtualMachine create(KvmMachine owner, VmSettings settings) {
        Closing closing = new Closing();
        try {
            KvmVm vm = closing.add(owner.kvm().createVm());
            DirtyLog.prepare(vm, owner.settings().dirty());
            long bytes = settings.memoryBytes();
            GuestRam ram = closing.add(GuestRam.create(settings.name(), bytes, owner.settings()));
            owner.node().ifPresent(ram::bind);
            long base = (bytes + GAP - 1 & -GAP) + GAP;
            ControlArea control = closing.add(new ControlArea(base, settings.cpus() + 1, bytes));
            boolean logged = owner.settings().dirty() != KvmSettings.Dirty.NONE;
            vm.setMemory(MEMORY_SLOT, logged ? KvmVm.LOG_DIRTY_PAGES : 0, 0, bytes, ram.address());
            vm.setMemory(
                    CONTROL_SLOT, 0, base, control.memory().bytes(), control.memory().address());
            // As many as there can be tables, and then some.
            vm.setMostShadowPages((int) Math.min(Integer.MAX_VALUE, bytes / PAGE + GAP / PAGE));
            KvmVirtualMachine machine = new KvmVirtualMachine(owner, settings, vm, ram, control);
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
        boolean ring = kvmSettings.dirty() == KvmSettings.Dirty.RING;
        KvmVcpu vcpu = vm.createCpu(index, ring ? DirtyLog.RING_BYTES : 0);
        vcpus.add(vcpu);
        return vcpu;
    }

    boolean isClosed() {
        return closed;
    }

    Exclusion exclusion() {
        return exclusion;
    }

    GuestRam ram() {
        return ram;
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
        exclusion.alone(() -> {
            if (closed) {
                throw closedFailure();
            }
            depth++;
            try {
                work.run();
            } finally {
                depth--;
                if (depth == 0 && !closed) {
                    writeBack();
                }
            }
        });
    }

    /// Does what has to be done before a CPU is in the guest again. The caller holds the exclusive
    /// lock.
    void writeBack() {
        changes.writeBack(ram, writer);
    }

    @Override
    public VmSettings settings() {
        return settings;
    }

    @Override
    public GuestMemory memory() {
        return new KvmGuestMemory(ram, roots, secondLevel, log.trackers());
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
    public void close() {
        exclusion.alone(() -> {
            if (closed) {
                return;
            }
            closed = true;
            vcpus.forEach(KvmVcpu::close);
            log.close();
            control.close();
            ram.close();
            vm.close();
            owner.closed(this);
        });
    }
}
