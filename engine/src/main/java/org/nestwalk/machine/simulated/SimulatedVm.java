package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.DeviceWrites;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.dirty.DirtyRing;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.machine.dirty.WriteTraps;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.SplitMix64;

/// A virtual machine of the simulated one; without a hypervisor in native mode.
final class SimulatedVm implements VirtualMachine {
    private final VmContext context;
    private final @Nullable SecondLevelTables secondLevel;
    private final RightsClaims claims;
    private final ExitDispatch exits;
    private final ShadowPaging shadows;
    private final List<SimulatedCpu> cpus = new ArrayList<>();
    private final Account background = new Account();
    private final SimulatedGuestMemory memory;
    private final @Nullable SimulatedPlacement placement;
    private final Function<SimulatedVm, FrozenMemory> freezer;
    private boolean closed;

    /// @param id its number on the machine, from 1
    /// @param cpuCount how many CPUs it really has: none, if it is only memory that was frozen
    /// @param freezer freezes its memory
    SimulatedVm(
            SimulatedHost host,
            int id,
            VmSettings settings,
            int cpuCount,
            Function<SimulatedVm, FrozenMemory> freezer) {
        this.freezer = freezer;
        this.context = VmContext.of(host, id, settings);
        this.claims =
                new RightsClaims(
                        settings.memoryBytes(),
                        SecondLevelMap.ALL,
                        entries() == SecondLevelEntries.EPT,
                        new RightsClaims.Mapping() {
                            @Override
                            public void rightsChanged(long gpa, long bytes, int changed) {
                                tables().claimed().changed(gpa, bytes, changed);
                            }

                            @Override
                            public void rightsChanged(PageSet pages, int changed) {
                                tables().claimed().changed(pages);
                            }
                        });
        if (settings.mode() == TranslationMode.NESTED && entries() == SecondLevelEntries.EPT) {
            claims.letThrough();
        }
        ExitChain chain = new ExitChain(claims);
        this.secondLevel = isNative() ? null : newSecondLevel(chain);
        if (isNative()) {
            NativeMemory.take(context);
        }
        this.exits = new ExitDispatch(chain, secondLevel);
        this.shadows = new ShadowPaging(context);
        this.memory = new SimulatedGuestMemory(context, secondLevel, chain);
        if (secondLevel != null) {
            attach(secondLevel.shared());
        }
        for (int i = 0; i < cpuCount; i++) {
            SimulatedCpu cpu = new SimulatedCpu(this, context, i, exits, this::newTranslation);
            cpus.add(cpu);
            context.cpus().add(cpu);
        }
        this.placement =
                secondLevel != null && host.settings().topology().isNuma()
                        ? new SimulatedPlacement(context, secondLevel)
                        : null;
    }

    private SecondLevelTables newSecondLevel(ExitChain chain) {
        return new SecondLevelTables(
                context,
                entries(),
                context.host().settings().hostLevels(),
                settings().mode() == TranslationMode.NESTED && format() != SecondLevelFormat.EPT,
                claims,
                chain,
                this::exclusively);
    }

    private SecondLevelEntries entries() {
        return SecondLevelEntries.of(format(), settings().mode());
    }

    private SecondLevelFormat format() {
        return context.host().settings().model().translation().secondLevel();
    }

    private CpuTranslation newTranslation(TrappingCpu cpu) {
        return switch (settings().mode()) {
            case NESTED -> new NestedTranslation(cpu, context, tables(), exits.chain());
            case SHADOW -> new ShadowTranslation(cpu, context, tables(), exits.chain(), shadows);
            case NATIVE -> new NativeTranslation(cpu, context);
        };
    }

    /// One of `machines` as such.
    ///
    /// @throws IllegalArgumentException if `vm` is none of them
    static SimulatedVm of(List<SimulatedVm> machines, VirtualMachine vm) {
        return machines.stream()
                .filter(machine -> machine.equals(vm))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("another machine's"));
    }

    /// Gives its CPUs transactional memory, in which they run programs from now on.
    Transactions useTransactions(TransactionSettings settings) {
        Transactions made = new Transactions(context.host(), cpus, settings);
        context.cpus().onInterrupt(made::interrupt);
        return made;
    }

    /// What its parts work with.
    VmContext context() {
        return context;
    }

    /// Its CPUs, by index.
    List<SimulatedCpu> simulatedCpus() {
        return cpus;
    }

    boolean isNative() {
        return settings().mode() == TranslationMode.NATIVE;
    }

    boolean isClosed() {
        return closed;
    }

    /// Whether it has memory, which is so until it is closed, or those made of it are.
    boolean hasMemory() {
        return secondLevel == null ? !closed : !secondLevel.isReleased();
    }

    /// The second level.
    ///
    /// @throws UnsupportedOperationException in native mode
    SecondLevelTables tables() {
        return exits.tables();
    }

    /// The host-physical address of `gpa`, or -1 if it is not backed.
    long lookup(long gpa) {
        return memory.lookup(gpa);
    }

    @Override
    public void scanned(long entries, long pages) {
        context.chargeScan(entries, pages);
    }

    @Override
    public VmSettings settings() {
        return context.settings();
    }

    @Override
    public long generation() {
        return SplitMix64.hash(context.host().settings().seed(), context.id());
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public SecondLevelMap secondLevel() {
        return tables();
    }

    @Override
    public Optional<NodePlacement> placement() {
        return Optional.ofNullable(placement);
    }

    @Override
    public List<VirtualCpu> cpus() {
        return List.copyOf(cpus);
    }

    @Override
    public void attach(ExitPart part) {
        exits.chain().attach(part);
    }

    @Override
    public void detach(ExitPart part) {
        exits.chain().detach(part);
    }

    @Override
    public RightsClaim claim(ExitPart owner) {
        SecondLevelTables _ = tables();
        return claims.open(owner);
    }

    @Override
    public Set<DirtySource> dirtySources() {
        if (secondLevel == null) {
            return Set.of();
        }
        Set<DirtySource> sources = EnumSet.of(DirtySource.TRAPS, DirtySource.RING);
        sources.addAll(secondLevel.dirty().sources());
        return sources;
    }

    @Override
    public DirtyPages trackDirty(DirtySource source) {
        DirtyTrackers trackers = tables().trackers();
        return switch (source) {
            case TRAPS -> WriteTraps.open(this, trackers);
            case RING ->
                    WriteTraps.withRings(
                            this,
                            trackers,
                            DirtyRing.ENTRIES,
                            (cpu, reap) ->
                                    ((SimulatedCpu) cpu)
                                            .exit(
                                                    ExitReason.LOG_FULL,
                                                    () -> {
                                                        reap.run();
                                                        exits.chain().logEmptied(cpu);
                                                    }));
            default -> trackers.open(source);
        };
    }

    @Override
    public void addDeviceWrites(DeviceWrites writes) {
        tables().trackers().add(writes);
    }

    @Override
    public void removeDeviceWrites(DeviceWrites writes) {
        tables().trackers().remove(writes);
    }

    @Override
    public void onException(GuestSoftware software) {
        exits.onException(software);
    }

    @Override
    public void observe(ExitObserver observer) {
        exits.observe(observer);
    }

    @Override
    public Account background() {
        return background;
    }

    @Override
    public void exclusively(Runnable work) {
        context.host().world().alone(null, background, work);
    }

    @Override
    public void bringBackMemory() {
        exclusively(() -> exits.chain().bringBack());
    }

    @Override
    public FrozenMemory freeze() {
        SecondLevelTables _ = tables();
        return exclusively(() -> {
            bringBackMemory();
            return freezer.apply(this);
        });
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cpus.forEach(VirtualCpu::kick);
        exclusively(this::giveBack);
    }

    private void giveBack() {
        if (secondLevel != null) {
            secondLevel.pins().end();
        }
        cpus.forEach(SimulatedCpu::release);
        shadows.release();
        if (secondLevel != null) {
            secondLevel.release();
        } else {
            NativeMemory.give(context);
        }
    }
}
