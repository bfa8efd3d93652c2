package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.dirty.WriteTraps;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.FrameMemory;
import org.nestwalk.memory.encryption.EncryptedMemory;
import org.nestwalk.memory.encryption.MemoryKey;
import org.nestwalk.memory.encryption.ReverseMap;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;
import org.nestwalk.paging.PagingFeatures;

/// A virtual machine of the simulated one; without a hypervisor in native mode.
final class SimulatedVm implements VirtualMachine {
    private final SimulatedMachine owner;
    private final int id;
    private final VmSettings settings;
    private final FrameMemory view;
    private final RightsClaims claims;
    private final ExitChain exits;
    private final @Nullable SecondLevelTables secondLevel;
    private final Shootdown shootdown = new Shootdown(this);
    private final ShadowPaging shadows = new ShadowPaging(this);
    private final List<SimulatedCpu> cpus = new ArrayList<>();
    private final Account background = new Account();
    private final GuestMemory memory;
    private final @Nullable SimulatedPlacement placement;
    private GuestSoftware software =
            (cpu, gva, code) -> {
                throw new GuestFailure(
                        VmExit.Cause.UNHANDLED_EXCEPTION,
                        "page fault at 0x%x, which nothing handles".formatted(gva));
            };
    private ExitObserver observer = (cpu, reason, cycles) -> {};
    private @Nullable Transactions transactions;
    private boolean closed;

    SimulatedVm(SimulatedMachine owner, int id, VmSettings settings) {
        this.owner = owner;
        this.id = id;
        this.settings = settings;
        this.view = isEncrypted() ? newView() : owner.memory();
        this.claims =
                new RightsClaims(
                        settings.memoryBytes(),
                        SecondLevelMap.ALL,
                        entries() == SecondLevelEntries.EPT,
                        (gpa, bytes) -> tables().claimed().changed(gpa, bytes));
        this.exits = new ExitChain(claims);
        this.secondLevel = isNative() ? null : newSecondLevel();
        if (isNative()) {
            NativeMemory.take(this);
        }
        this.memory = new SimulatedGuestMemory(this);
        for (int i = 0; i < settings.cpus(); i++) {
            cpus.add(new SimulatedCpu(this, i));
        }
        this.placement =
                secondLevel != null && owner.settings().topology().isNuma()
                        ? new SimulatedPlacement(this, secondLevel)
                        : null;
    }

    private SecondLevelTables newSecondLevel() {
        SecondLevelFormat format = owner.settings().model().translation().secondLevel();
        return new SecondLevelTables(
                this,
                owner.frames(),
                owner.settings().costs(),
                entries(),
                owner.settings().hostLevels(),
                settings.mode() == TranslationMode.NESTED && format != SecondLevelFormat.EPT,
                claims);
    }

    private SecondLevelEntries entries() {
        return SecondLevelEntries.of(
                owner.settings().model().translation().secondLevel(), settings.mode());
    }

    private EncryptedMemory newView() {
        MemoryKey key = MemoryKey.drawn(owner.settings().seed(), id);
        return new EncryptedMemory(owner.memory(), key, encryptionBit());
    }

    /// Gives its CPUs transactional memory, in which they run programs from now on.
    Transactions useTransactions(TransactionSettings settings) {
        Transactions made = new Transactions(this, settings);
        transactions = made;
        return made;
    }

    /// Its CPUs, by index.
    List<SimulatedCpu> simulatedCpus() {
        return cpus;
    }

    /// Translations of a CPU, or of all (-1), are about to change.
    void interruptTransactions(int index) {
        if (transactions != null) {
            transactions.interrupt(index);
        }
    }

    int id() {
        return id;
    }

    /// The node that new memory comes from: that of the CPU that is served, or of the first.
    int node() {
        SimulatedCpu served = owner.world().served();
        if (served != null && served.vm() == this) {
            return served.node();
        }
        return cpus.isEmpty() ? 0 : cpus.getFirst().node();
    }

    SimulatedMachine owner() {
        return owner;
    }

    boolean isNative() {
        return settings.mode() == TranslationMode.NATIVE;
    }

    boolean isClosed() {
        return closed;
    }

    /// The second level.
    ///
    /// @throws UnsupportedOperationException in native mode
    SecondLevelTables tables() {
        if (secondLevel == null) {
            throw new UnsupportedOperationException("native mode has no second level");
        }
        return secondLevel;
    }

    /// Its shadow tables, used in shadow mode.
    ShadowPaging shadows() {
        return shadows;
    }

    /// The host-physical address of `gpa`, or -1 if it is not backed.
    long lookup(long gpa) {
        return secondLevel == null ? gpa : secondLevel.lookup(gpa);
    }

    /// Physical memory as it is.
    FlatMemory contents() {
        return owner.memory();
    }

    /// Physical memory as the guest's processors see it.
    FrameMemory view() {
        return view;
    }

    boolean isEncrypted() {
        return settings.protection() != Protection.NONE;
    }

    /// Whether every frame of it has an entry in the reverse map table.
    boolean isOwned() {
        return settings.protection() == Protection.OWNED;
    }

    /// The C-bit in the guest's tables and on private addresses; 0 without encryption.
    long encryptionBit() {
        MemoryEncryption encryption = owner.settings().encryption();
        return isEncrypted() && encryption != null ? encryption.mask() : 0;
    }

    /// The address-space identifier by which it owns frames.
    int asid() {
        return isOwned() ? id : ReverseMap.HYPERVISOR;
    }

    /// What its processors support in its own tables: the C-bit is no reserved bit if it has one.
    PagingFeatures features() {
        PagingFeatures others = CpuTranslation.features(owner.settings());
        return isEncrypted() ? others.withPhysicalBits(others.physicalBits() + 1) : others;
    }

    /// The block of `size` at `hpa` backs its page at `gpa` from now on.
    void assign(long hpa, PageSize size, long gpa) {
        ReverseMap owners = owner.owners();
        if (owners != null && isOwned()) {
            owners.assign(hpa, size, id, gpa);
        }
    }

    /// The 2-MiB block at `hpa` is owned page by page from now on.
    void smash(long hpa) {
        ReverseMap owners = owner.owners();
        if (owners != null && isOwned()) {
            owners.smash(hpa);
        }
    }

    /// The block of `size` at `hpa` is the hypervisor's again.
    void take(long hpa, PageSize size) {
        ReverseMap owners = owner.owners();
        if (owners != null && isOwned()) {
            owners.take(hpa, size);
        }
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

    void charge(Cost cost, long cycles) {
        owner.world().charge(cost, cycles);
    }

    @Override
    public void scanned(long entries, long pages) {
        SoftwareCosts costs = owner.settings().costs();
        charge(Cost.HOST_SCANNING, entries * costs.scanning() + pages * costs.zeroing());
    }

    /// Removes what any processor has cached of the mapping of a range.
    void flush(long gpa, long bytes) {
        shootdown.flush(gpa, bytes);
    }

    /// What makes its CPUs forget what they have cached of the second level.
    Shootdown shootdown() {
        return shootdown;
    }

    /// Has every CPU look for the second-level tables again.
    void tablesMoved() {
        cpus.forEach(cpu -> cpu.translation().tablesMoved());
        flush(0, settings.memoryBytes());
    }

    /// Removes what any processor has cached of shadow tables.
    void flushShadows() {
        for (SimulatedCpu cpu : cpus) {
            cpu.translation().invalidateAll();
        }
    }

    boolean hasLogs() {
        return cpus.stream().allMatch(cpu -> cpu.translation().log() != null);
    }

    void enableLogs(boolean on) {
        for (SimulatedCpu cpu : cpus) {
            cpu.translation().requireLog().enable(on);
        }
    }

    @Override
    public VmSettings settings() {
        return settings;
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
        exits.attach(part);
    }

    @Override
    public void detach(ExitPart part) {
        exits.detach(part);
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
        Set<DirtySource> sources = EnumSet.of(DirtySource.TRAPS);
        sources.addAll(secondLevel.dirty().sources());
        return sources;
    }

    @Override
    public DirtyPages trackDirty(DirtySource source) {
        return source == DirtySource.TRAPS
                ? WriteTraps.open(this, tables().trackers())
                : tables().trackers().open(source);
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
        owner.world().alone(null, background, work);
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
        cpus.forEach(SimulatedCpu::release);
        shadows.release();
        if (secondLevel != null) {
            secondLevel.release();
        } else {
            NativeMemory.give(this);
        }
    }
}
