package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.image.CodeFile;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.Intruder;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.devices.AssignedDevice;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DmaChecker;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.IommuDriver;
import org.nestwalk.hypervisor.devices.UnmapOrder;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.hypervisor.layout.RandomLayout;
import org.nestwalk.hypervisor.monitor.Alarm;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.guarded.UserLoad;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Guards of code beside everything else that claims rights and shares or moves pages, on one
/// machine: programs' results and code are what they are without, nothing is taken for an attack,
/// and attacks are dealt with as always.
class GuardPairsTest {
    private static final int SEEDS = Boolean.getBoolean("nestwalk.long") ? 2_000 : 168;
    private static final long PAGE = 4096;

    /// What there is beside a guard.
    private enum Beside {
        NOTHING,
        TRACKING,
        FORK,
        MERGING,
        MOVES,
        MIGRATION,
        WATCHPOINTS,
        DEVICE,
        LAYOUT
    }

    private static final List<Guard> GUARDS =
            List.of(
                    Guard.PROTECTION,
                    Guard.LOG,
                    Guard.HYBRID,
                    Guard.HASHING,
                    Guard.PARTS,
                    Guard.TABLE_FLAGS);
    private static final List<DirtySource> SOURCES =
            List.of(DirtySource.TRAPS, DirtySource.LOG, DirtySource.RING, DirtySource.FLAGS);

    @Test
    void guardsAndOthersDoNotKnowOfEachOther() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Beside[] all = Beside.values();
            Guard guard = GUARDS.get(seed % GUARDS.size());
            Beside beside = all[1 + seed / GUARDS.size() % (all.length - 1)];
            try {
                CpuState alone = run(seed, guard, Beside.NOTHING);
                assertThat(run(seed, guard, beside)).isEqualTo(alone);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed %d, %s, %s".formatted(seed, guard, beside), e);
            }
        }
    }

    /// Runs a guest. Returns what its program has come to.
    private static CpuState run(int seed, Guard guard, Beside beside) {
        try (SimulatedMachine machine = TrialGuests.machine(SecondLevelFormat.EPT_AD)) {
            List<AutoCloseable> open = new ArrayList<>();
            GuardedGuest guest =
                    new GuardedGuest(
                            machine, TrialGuests.LAYOUT, 1, backing(machine, seed, beside, open));
            List<Alarm> alarms = new ArrayList<>();
            Optional<CodeMonitor> monitor = guard.start(guest, alarms::add);
            KernelWork work = new KernelWork(guest.image(), TrialGuests.RATES, seed);
            UserLoad program = new UserLoad(guest, seed);
            Xoshiro256 random = new Xoshiro256(seed);
            for (int step = 0; step < 6; step++) {
                program.run(300);
                work.quantum();
                work.patch();
                disturb(machine, guest, beside, random, open);
                if (step % 2 == 1) {
                    monitor.ifPresent(one -> guest.vm().exclusively(one::tick));
                }
            }
            assertThat(alarms).isEmpty();
            requireRightCode(guest, guest.vm().memory());
            attack(guest, guard, monitor.orElseThrow(), alarms, random);
            CpuState state = guest.vm().cpus().getFirst().state();
            monitor.ifPresent(CodeMonitor::close);
            machine.checkInvariants();
            closeAll(open);
            machine.closeAndVerify();
            return state;
        }
    }

    private static BackingPolicy backing(
            SimulatedMachine machine, int seed, Beside beside, List<AutoCloseable> open) {
        if (beside != Beside.LAYOUT) {
            return new Eager(PageSize.SIZE_4K);
        }
        Granule granule = seed % 2 == 0 ? Granule.SMALL : Granule.MEDIUM;
        RandomLayout layout = new RandomLayout(machine.host(), granule, seed, true);
        open.add(layout);
        return layout;
    }

    private static void closeAll(List<AutoCloseable> open) {
        for (AutoCloseable one : open.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void disturb(
            SimulatedMachine machine,
            GuardedGuest guest,
            Beside beside,
            Xoshiro256 random,
            List<AutoCloseable> open) {
        VirtualMachine vm = guest.vm();
        switch (beside) {
            case NOTHING -> {}
            case TRACKING -> {
                if (open.isEmpty() || random.nextBelow(2) == 0) {
                    open.add(vm.trackDirty(SOURCES.get((int) random.nextBelow(SOURCES.size()))));
                } else {
                    ((DirtyPages) open.getFirst()).collect(new PageSet());
                }
            }
            case FORK -> {
                if (open.size() < 3) {
                    FrozenMemory frozen = vm.freeze();
                    open.add(frozen);
                    VirtualMachine child = frozen.fork("child");
                    open.add(child);
                    Hypervisor _ = Hypervisor.start(child, new FirstTouch(PageSize.SIZE_4K));
                    requireRightCode(guest, child.memory());
                }
            }
            case MERGING -> vm.exclusively(() -> merge(vm));
            case MOVES -> vm.exclusively(() -> machine.host().compact(PageSize.SIZE_2M, 2_000));
            case MIGRATION -> migrate(machine, guest, open);
            case WATCHPOINTS -> watch(vm, random, open);
            case DEVICE -> assign(machine, guest, random, open);
            case LAYOUT -> assertThat(((RandomLayout) open.getFirst()).rerandomise()).isPositive();
        }
    }

    /// Arms some of all pages, code and page tables too, or others.
    private static void watch(VirtualMachine vm, Xoshiro256 random, List<AutoCloseable> open) {
        if (open.isEmpty()) {
            PageSet all = new PageSet();
            all.add(0, vm.settings().memoryBytes());
            open.add(
                    RotatingWatchpoints.open(
                            vm,
                            all,
                            (int) all.size() / 4,
                            random.nextBelow(2) == 0 ? Trap.WRITES : Trap.ALL,
                            new RandomPages(random.nextLong()),
                            _ -> 0,
                            access -> {}));
        } else {
            ((RotatingWatchpoints) open.getFirst()).rotate();
        }
    }

    /// Assigns a device, which reads code and writes to a page that nobody uses.
    private static void assign(
            SimulatedMachine machine,
            GuardedGuest guest,
            Xoshiro256 random,
            List<AutoCloseable> open) {
        if (open.isEmpty()) {
            RemappingUnit unit =
                    new RemappingUnit(
                            UnitSettings.of(machine.host().bytes()), machine.host().contents());
            IommuDriver driver = new IommuDriver(unit, machine.host(), true, DriverCosts.ASSUMED);
            DevicePort port = new DevicePort(unit, 0x300, machine.host().contents(), 16);
            open.add(driver);
            open.add(
                    AssignedDevice.assign(
                            guest.vm(),
                            port,
                            new DeviceDomain(driver, UnmapOrder.RIGHT, new DmaChecker()),
                            AssignedDevice.Mode.LETS_GO,
                            true));
        }
        AssignedDevice device = (AssignedDevice) open.getLast();
        long value = random.nextLong();
        long spare = guest.image().sparePage(5) + 8;
        assertThat(device.port().write(spare, value)).isTrue();
        assertThat(guest.vm().memory().read(spare)).isEqualTo(value);
        long code = guest.image().codeStart();
        assertThat(device.port().read(code)).isEqualTo(guest.vm().memory().read(code));
        device.check();
    }

    /// Merges pages that hold the same.
    private static void merge(VirtualMachine vm) {
        long bytes = vm.settings().memoryBytes();
        long[] one = new long[GuestMemory.PAGE_WORDS];
        long[] other = new long[GuestMemory.PAGE_WORDS];
        for (long gpa = 0; gpa + 3 * PAGE < bytes; gpa += 3 * PAGE) {
            vm.memory().readPage(gpa, one);
            vm.memory().readPage(gpa + 2 * PAGE, other);
            if (Arrays.equals(one, other)) {
                boolean _ = vm.secondLevel().merge(gpa, vm, gpa + 2 * PAGE);
            }
        }
    }

    /// Copies a guest to another virtual machine by rounds of what it has written, and finds the
    /// same there.
    private static void migrate(
            SimulatedMachine machine, GuardedGuest guest, List<AutoCloseable> open) {
        if (!open.isEmpty()) {
            return;
        }
        VirtualMachine target = machine.create(guest.vm().settings().withName("target"));
        open.add(target);
        Hypervisor _ = Hypervisor.start(target, new FirstTouch(PageSize.SIZE_4K));
        long[] words = new long[GuestMemory.PAGE_WORDS];
        PageSet left = new PageSet();
        left.add(0, guest.vm().settings().memoryBytes());
        try (DirtyPages written = guest.vm().trackDirty(DirtySource.LOG)) {
            for (int round = 0; round < 3; round++) {
                guest.vm()
                        .exclusively(() ->
                                left.forEach(gpa -> {
                                    guest.vm().memory().readPage(gpa, words);
                                    target.memory().writePage(gpa, words);
                                }));
                left.clear();
                if (round < 2) {
                    guest.image().storeData(round, round);
                }
                written.collect(left);
            }
        }
        assertThat(left.isEmpty()).isTrue();
        requireRightCode(guest, target.memory());
    }

    private static void requireRightCode(GuardedGuest guest, GuestMemory memory) {
        CodeFile file = guest.image().file();
        for (int word = 0; word < file.pages() * CodeFile.PAGE_WORDS; word++) {
            long gpa = guest.image().codeStart() + (long) word * Long.BYTES;
            assertThat(file.allows(word, memory.read(gpa))).as("word %d", word).isTrue();
        }
    }

    private static void attack(
            GuardedGuest guest,
            Guard guard,
            CodeMonitor monitor,
            List<Alarm> alarms,
            Xoshiro256 random) {
        Intruder intruder = new Intruder(guest.image(), random, (gpa, value) -> {});
        boolean refused = false;
        try {
            Attack.ALIAS.deed().run(intruder);
        } catch (UnhandledExit prevented) {
            refused = true;
        }
        guest.vm().exclusively(monitor::tick);
        assertThat(alarms).hasSize(1);
        if (guard.prevents()) {
            assertThat(refused).isTrue();
        }
        assertThat(intruder.hasSucceeded()).isEqualTo(!refused);
    }
}
