package org.nestwalk.lab.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.hypervisor.layout.RandomLayout;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.random.Xoshiro256;

/// Programs on several CPUs while all of their memory moves to other frames, again and again: what
/// they load is what a twin without a machine says, and every granule has a place of its own.
class LayoutTwinTest {
    private static final long BASE = 0x40_0000_0000L;
    private static final long BYTES = 64L << 12;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final List<Granule> GRANULES = List.of(Granule.values());
    private static final int RUNS = 100;
    private static final int ALL_RUNS = 1_000;

    /// A guest of three CPUs whose memory is scattered.
    private static final class Scattered implements AutoCloseable {
        private final SimulatedMachine machine;
        private final RandomLayout layout;
        private final MappedGuest guest;
        private final Xoshiro256 random;
        private final Map<Long, Long> words = new HashMap<>();

        Scattered(Granule granule, long seed) {
            long memory = MappedGuest.memoryFor(BASE, BYTES);
            machine =
                    new SimulatedMachine(
                            SimulatedSettings.of(TestMachines.plain(), 2 * memory + (16L << 20)));
            layout = new RandomLayout(machine.host(), granule, seed, seed % 2 == 1);
            guest = new MappedGuest(machine, 3, BASE, BYTES, PageSize.SIZE_4K, layout);
            random = new Xoshiro256(seed);
        }

        VirtualMachine vm() {
            return guest.vm();
        }

        void accesses(int count) {
            for (int i = 0; i < count; i++) {
                VirtualCpu cpu = vm().cpus().get((int) random.nextBelow(3));
                long address = BASE + random.nextBelow(BYTES / 8) * 8;
                int kind = (int) random.nextBelow(2);
                CpuState before = cpu.state();
                VmExit end = cpu.run(new long[] {Access.pack(kind, address)}, 0, 1);
                assertThat(end).isEqualTo(new VmExit.ProgramEnd());
                long checksum = before.checksum();
                if (kind == Access.LOAD) {
                    checksum = Checksum.fold(checksum, words.getOrDefault(address, 0L));
                } else {
                    words.put(address, Checksum.value(before.cursor()));
                }
                assertThat(cpu.state().checksum()).isEqualTo(checksum);
            }
        }

        /// Every page of guest memory has a frame of its own.
        List<Long> places() {
            List<Long> places = new ArrayList<>();
            for (long gpa = 0; gpa < vm().settings().memoryBytes(); gpa += PAGE) {
                places.add(vm().secondLevel().hostAddress(gpa));
            }
            List<Long> backed = places.stream().filter(hpa -> hpa != -1).toList();
            assertThat(new HashSet<>(backed)).hasSameSizeAs(backed);
            return places;
        }

        @Override
        public void close() {
            layout.close();
            layout.close();
            machine.closeAndVerify();
        }
    }

    @Test
    void movingPagesUnderRunningProgramsKeepsWhatTheyHold() {
        for (int seed = 0; seed < (Boolean.getBoolean("nestwalk.long") ? ALL_RUNS : RUNS); seed++) {
            Granule granule = GRANULES.get(seed % GRANULES.size());
            try (Scattered guest = new Scattered(granule, seed)) {
                for (int period = 0; period < 3; period++) {
                    guest.accesses(40);
                    List<Long> before = guest.places();
                    long moved = guest.layout.rerandomise();
                    // Of one large page the place may be the same.
                    assertThat(moved > 0 && !guest.places().equals(before)).isEqualTo(moved > 0);
                    assertThat(moved > 20 || granule == Granule.LARGE).isTrue();
                    guest.machine.checkInvariants();
                }
                guest.accesses(40);
            }
        }
    }

    @Test
    void theSameKeyMakesTheSameLayoutAndAnotherKeyAnother() {
        Set<List<Long>> layouts = new HashSet<>();
        for (long key : new long[] {7, 7, 9}) {
            try (Scattered guest = new Scattered(Granule.SMALL, key)) {
                guest.layout.rerandomise();
                layouts.add(guest.places());
            }
        }
        assertThat(layouts).hasSize(2);
    }

    @Test
    void aGranuleStaysInOnePiece() {
        for (Granule granule : Granule.values()) {
            try (Scattered guest = new Scattered(granule, 5)) {
                guest.layout.rerandomise();
                List<Long> places = guest.places();
                int each = (int) (granule.bytes() / PAGE);
                for (int i = 0; i < places.size(); i++) {
                    assertThat(places.get(i) - places.get(i / each * each))
                            .isEqualTo(i % each * PAGE);
                    assertThat(places.get(i / each * each) % granule.bytes()).isZero();
                }
            }
        }
    }

    @Test
    void whatOthersHaveDoneToAGranuleStaysWhereItIs() {
        try (Scattered guest = new Scattered(Granule.MEDIUM, 3)) {
            guest.accesses(50);
            long gpa = guest.guest.dataStart() + (BYTES >> 1);
            guest.vm().exclusively(() -> guest.vm().secondLevel().unmap(gpa, PAGE));
            guest.words.keySet().removeIf(address -> (address - BASE & -PAGE) == (BYTES >> 1));
            List<Long> before = guest.places();
            guest.layout.rerandomise();
            assertThat(guest.layout.stayed()).isEqualTo(1);
            int page = (int) (gpa / PAGE);
            assertThat(guest.places().get(page + 1)).isEqualTo(before.get(page + 1));
            guest.accesses(100);
            guest.machine.checkInvariants();
        }
    }

    @Test
    void aHostWithoutRoomForALayoutIsRefused() {
        try (SimulatedMachine machine =
                new SimulatedMachine(SimulatedSettings.of(TestMachines.plain(), 8L << 20))) {
            RandomLayout layout = new RandomLayout(machine.host(), Granule.LARGE, 1, true);
            assertThatThrownBy(() ->
                            new MappedGuest(machine, 1, BASE, BYTES, PageSize.SIZE_4K, layout))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("free blocks of 2M");
        }
    }
}
