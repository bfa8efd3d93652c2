package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// What the hypervisor is told of guests' writes, through the seam.
class TrapsTest {
    private static final long PAGE = 4096;
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;
    private static final int PAGES = (int) (SmallGuest.AREA / PAGE);
    private static final long BIG_AREA = 24L << 20;
    private static final KvmSettings RING =
            new KvmSettings(KvmSettings.Backing.SHARED, false, false, KvmSettings.Dirty.RING);

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void aWriteTrapTellsBothAddressesAndTheStoreIsMadeAfterwards() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED);
                SmallGuest guest = new SmallGuest(machine, "trapped", 1)) {
            VirtualCpu cpu = touched(guest);
            long gva = SmallGuest.BASE + 5 * PAGE + 24;
            long gpa = find(guest, 5) + 24;
            List<VmExit> exits = new ArrayList<>();
            List<RightsClaim> claims = new ArrayList<>();
            claims.add(
                    guest.vm.claim((_, exit) -> {
                        exits.add(exit);
                        claims.getFirst().allow(gpa & -PAGE, PAGE, SecondLevelMap.ALL);
                        return Verdict.RESUME;
                    }));
            claims.getFirst().allow(gpa & -PAGE, PAGE, READ_ONLY);
            long[] accesses = {Access.pack(Access.LOAD, gva), Access.pack(Access.STORE, gva)};
            cpu.setProgram(100, 0);
            assertThat(cpu.run(accesses, 0, 2)).isEqualTo(new VmExit.ProgramEnd());
            assertThat(exits).containsExactly(new VmExit.WriteTrap(gpa, gva, false));
            assertThat(guest.vm.memory().read(gpa)).isNotZero();
        }
    }

    @Test
    void aRefusedStoreThatIsPerformedIsSeenOnceAlsoWhereItHasThePageBacked() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED);
                SmallGuest guest = new SmallGuest(machine, "watched", 1)) {
            VirtualCpu cpu = touched(guest);
            long gva = SmallGuest.BASE + 5 * PAGE + 24;
            long gpa = find(guest, 5) + 24;
            List<VmExit> exits = new ArrayList<>();
            RightsClaim claim =
                    guest.vm.claim((_, exit) -> {
                        exits.add(exit);
                        return Verdict.PERFORM;
                    });
            guest.vm.exclusively(() -> claim.allow(gpa & -PAGE, PAGE, READ_ONLY));
            long[] accesses = {Access.pack(Access.STORE, gva)};
            for (int unmapped = 0; unmapped < 2; unmapped++) {
                exits.clear();
                long steps = cpu.account().exits(ExitReason.SINGLE_STEP);
                cpu.setProgram(100, 0);
                assertThat(cpu.run(accesses, 0, 1)).isEqualTo(new VmExit.ProgramEnd());
                assertThat(exits).containsExactly(new VmExit.WriteTrap(gpa, gva, false));
                assertThat(cpu.account().exits(ExitReason.SINGLE_STEP)).isEqualTo(steps + 1);
                assertThat(guest.vm.memory().read(gpa)).isEqualTo(Checksum.value(100));
                assertThat(guest.vm.secondLevel().rights(gpa)).isEqualTo(READ_ONLY);
                guest.vm.exclusively(() -> guest.vm.secondLevel().unmap(gpa & -PAGE, PAGE));
            }
            exits.clear();
            cpu.kernel().store(gpa, 7);
            assertThat(exits).containsExactly(new VmExit.WriteTrap(gpa, -1, false));
            assertThat(cpu.kernel().load(gpa)).isEqualTo(7);
            assertThat(guest.vm.secondLevel().rights(gpa)).isEqualTo(READ_ONLY);
        }
    }

    private static KvmSettings logged(KvmSettings.Backing backing, KvmSettings.Dirty dirty) {
        return new KvmSettings(backing, false, false, dirty);
    }

    @Test
    void thePagesLoggedAreThoseWrittenAndTablesWhoseFlagsWereSet() {
        int[] written = {3, 64, 65, 200, PAGES - 1};
        for (KvmSettings settings :
                List.of(
                        RING,
                        logged(KvmSettings.Backing.ANONYMOUS, KvmSettings.Dirty.BITMAP),
                        logged(KvmSettings.Backing.ANONYMOUS, KvmSettings.Dirty.BITMAP)
                                .clearing(KvmSettings.CLEAR_UNIT),
                        logged(KvmSettings.Backing.ANONYMOUS, KvmSettings.Dirty.SCAN),
                        logged(KvmSettings.Backing.SHARED, KvmSettings.Dirty.SCAN))) {
            try (KvmMachine machine = KvmMachine.open(settings);
                    SmallGuest guest = new SmallGuest(machine, "logged", 1)) {
                VirtualCpu cpu = touched(guest);
                DirtyPages pages = guest.vm.trackDirty(guest.vm.dirtySources().iterator().next());
                run(cpu, written);
                // Flags of their entries are set: no table is written.
                assertThat(harvest(pages))
                        .isEqualTo(
                                new TreeSet<>(
                                        IntStream.of(written)
                                                .mapToObj(page -> find(guest, page))
                                                .toList()));
                assertThat(harvest(pages)).isEmpty();
            }
        }
    }

    @Test
    void aFullRingExitsAndNothingIsLost() {
        KvmSettings settings = RING;
        try (KvmMachine machine = KvmMachine.open(settings);
                SmallGuest guest = new SmallGuest(machine, "logged", 1, BIG_AREA)) {
            DirtyPages pages = guest.vm.trackDirty(DirtySource.HOST_RING);
            VirtualCpu cpu = touched(guest);
            assertThat(cpu.account().exits(ExitReason.LOG_FULL)).isPositive();
            Set<Long> missing = new TreeSet<>(pages(guest));
            missing.removeAll(harvest(pages));
            assertThat(missing).isEmpty();
        }
    }

    @Test
    void trappedMemoryIsReadByAnotherMappingThanTheGuests() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED);
                SmallGuest guest = new SmallGuest(machine, "trapped", 1)) {
            touched(guest);
            GuestRam ram = ((KvmVirtualMachine) guest.vm).ram();
            assertThat(ram.segment().address()).isNotEqualTo(ram.address());
            // Every word of it can be read while all its pages are missing or protected, and none
            // comes into being by that.
            long backed = guest.vm.secondLevel().backedBytes(PageSize.SIZE_4K);
            guest.vm.claim((_, _) -> Verdict.STOP).allow(0, SmallGuest.MEMORY, READ_ONLY);
            GuestMemory memory = guest.vm.memory();
            long sum =
                    LongStream.range(0, SmallGuest.MEMORY / Long.BYTES)
                            .map(word -> memory.read(word * Long.BYTES))
                            .sum();
            assertThat(sum).isNotZero();
            assertThat(guest.vm.secondLevel().backedBytes(PageSize.SIZE_4K)).isEqualTo(backed);
            assertThat(ram.residentPages(0, SmallGuest.MEMORY)).isEqualTo(backed / PAGE);
        }
    }

    private static Set<Long> harvest(DirtyPages pages) {
        PageSet found = new PageSet();
        pages.collect(found);
        Set<Long> addresses = new TreeSet<>();
        found.forEach(addresses::add);
        return addresses;
    }

    /// A guest whose process has written number n of [Checksum] to each of its pages n.
    private static VirtualCpu touched(SmallGuest guest) {
        int pages = (int) (guest.area / PAGE);
        guest.start(0, stores(IntStream.range(0, pages).toArray()));
        guest.kernel.slice(0, pages);
        return guest.vm.cpus().getFirst();
    }

    private static void run(VirtualCpu cpu, int... pages) {
        // The values that these pages have.
        for (int page : pages) {
            cpu.setProgram(page, Checksum.START);
            assertThat(cpu.run(stores(page), 0, 1)).isEqualTo(new VmExit.ProgramEnd());
        }
    }

    private static long[] stores(int... pages) {
        return IntStream.of(pages)
                .mapToLong(page -> Access.pack(Access.STORE, SmallGuest.BASE + page * PAGE))
                .toArray();
    }

    private static long find(SmallGuest guest, int page) {
        return Objects.requireNonNull(gpas(guest).get(Checksum.value(page)));
    }

    private static List<Long> pages(SmallGuest guest) {
        Map<Long, Long> gpas = gpas(guest);
        return IntStream.range(0, (int) (guest.area / PAGE))
                .mapToObj(page -> Objects.requireNonNull(gpas.get(Checksum.value(page))))
                .toList();
    }

    private static Map<Long, Long> gpas(SmallGuest guest) {
        Map<Long, Long> gpas = new HashMap<>();
        GuestMemory memory = guest.vm.memory();
        for (long gpa = 0; gpa < memory.bytes(); gpa += PAGE) {
            gpas.put(memory.read(gpa), gpa);
        }
        return gpas;
    }
}
