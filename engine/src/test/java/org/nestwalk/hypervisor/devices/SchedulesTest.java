package org.nestwalk.hypervisor.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.hypervisor.devices.DeviceHost.MEMORY;
import static org.nestwalk.hypervisor.devices.DeviceHost.PAGE;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nestwalk.Effort;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// Devices that do what they like between any two steps of a hypervisor that maps, unmaps, moves,
/// balloons, forks and migrates: they never reach what they have no more, and guests keep what they
/// have. And what is left out of an unmap is found.
class SchedulesTest {
    private static final int SCHEDULES = Effort.of(300, 10_000);
    private static final int PLANTED = Effort.of(60);

    @Test
    void noScheduleHasADeviceUseWhatItHasNoMore() {
        long accesses = 0;
        for (int seed = 0; seed < SCHEDULES; seed++) {
            accesses += new Schedule(seed, UnmapOrder.RIGHT).run();
        }
        assertThat(accesses).isGreaterThan(SCHEDULES * 50L);
    }

    @ParameterizedTest
    @EnumSource(value = UnmapStep.class, names = "FREE", mode = Mode.EXCLUDE)
    void stepThatIsLeftOutIsFound(UnmapStep step) {
        assertThat(found(UnmapOrder.RIGHT.without(step))).isTrue();
    }

    @Test
    void freeingBeforeTheWaitIsFound() {
        assertThat(found(UnmapOrder.RIGHT.swapped(UnmapStep.WAIT, UnmapStep.FREE))).isTrue();
    }

    @Test
    void freeingBeforeTheInvalidationIsFound() {
        assertThat(found(UnmapOrder.RIGHT.swapped(UnmapStep.INVALIDATE, UnmapStep.FREE))).isTrue();
    }

    /// Whether a schedule ends with [StaleDma], whose message has the page's history.
    private static boolean found(UnmapOrder order) {
        for (int seed = 0; seed < PLANTED; seed++) {
            try {
                new Schedule(seed, order).run();
            } catch (StaleDma stale) {
                assertThat(stale).hasMessageMatching("(?s).*0x[0-9a-f]+.*(mapped|domain).*");
                return true;
            } catch (IllegalStateException | InputException follow) {
                // Entries that were not cleared are found mapped by who maps again.
                return !order.steps().contains(UnmapStep.CLEAR);
            }
        }
        return false;
    }

    private static final class Schedule {
        private final SplittableRandom random;
        private final DeviceHost host;
        private final VirtualMachine vm;
        private final AssignedDevice device;
        private boolean quiet;

        Schedule(int seed, UnmapOrder order) {
            random = new SplittableRandom(seed);
            UnitSettings settings =
                    UnitSettings.of(16L << 20)
                            .withCoherent(random.nextBoolean())
                            .withCachingMode(random.nextBoolean());
            host = new DeviceHost(settings, random.nextBoolean() ? 16 : 0);
            vm = host.vm();
            host.driver.meanwhile(this::anything);
            AssignedDevice.Mode mode =
                    random.nextBoolean()
                            ? AssignedDevice.Mode.LETS_GO
                            : AssignedDevice.Mode.PAGE_REQUESTS;
            quiet = true;
            device =
                    AssignedDevice.assign(
                            vm, host.port, host.domain(order, host.checker), mode, true);
            quiet = false;
        }

        /// What the device does meanwhile.
        private void anything() {
            if (!quiet && random.nextInt(2) == 0) {
                access();
            }
        }

        private void access() {
            long address = page() | random.nextInt(512) * 8L;
            switch (random.nextInt(5)) {
                case 0 -> host.port.read(address);
                case 1 -> host.port.post(address, random.nextLong());
                case 2 -> host.port.land();
                case 3 -> host.port.requestPage(address, true);
                default -> host.port.write(address, random.nextLong());
            }
            while (host.unit.faults().take() != null) {
                host.unit.faults().clearOverflow();
            }
        }

        private long page() {
            return random.nextLong(24) * PAGE;
        }

        long run() {
            for (int step = 0; step < 25; step++) {
                for (int i = random.nextInt(6); i > 0; i--) {
                    access();
                }
                vm.exclusively(this::step);
                device.check();
            }
            host.machine.checkInvariants();
            device.close();
            assertThat(vm.secondLevel().pins().pages()).isZero();
            host.end();
            return host.checker.accesses();
        }

        private void step() {
            switch (random.nextInt(8)) {
                case 0, 1 -> vm.secondLevel().unmap(page(), PAGE * random.nextInt(1, 4));
                case 2 -> device.fill();
                case 3 -> device.serveRequests();
                case 4 -> fork();
                case 5 -> migrate();
                case 6 -> move();
                default -> {
                    device.pause();
                    device.resume();
                }
            }
        }

        /// As compaction and NUMA balancing do: a page leaves, its contents come back elsewhere.
        private void move() {
            long page = page();
            if (vm.secondLevel().pageSize(page) == null) {
                return;
            }
            long[] words = new long[512];
            quiet = true;
            long other = host.machine.host().reserve(PageSize.SIZE_4K);
            vm.memory().readPage(page, words);
            vm.secondLevel().unmap(page, PAGE);
            vm.secondLevel().map(page, other, PageSize.SIZE_4K);
            vm.memory().writePage(page, words);
            quiet = false;
        }

        private void fork() {
            try (FrozenMemory frozen = vm.freeze();
                    VirtualMachine child = frozen.fork("child")) {
                long[] before = contents(child);
                for (int i = 0; i < 10; i++) {
                    access();
                }
                host.port.drain();
                assertThat(contents(child)).isEqualTo(before);
            }
        }

        private long[] contents(VirtualMachine guest) {
            long[] sums = new long[24];
            long[] words = new long[512];
            for (int i = 0; i < 24; i++) {
                guest.memory().readPage(i * PAGE, words);
                sums[i] = Arrays.hashCode(words);
            }
            return sums;
        }

        /// Pre-copy: all pages, then those that are written, and the last while the device stands.
        private void migrate() {
            long[][] target = new long[(int) (MEMORY / PAGE)][512];
            try (DirtyPages dirty = vm.trackDirty(DirtySource.FLAGS)) {
                PageSet send = new PageSet();
                send.add(0, MEMORY);
                for (int round = 0; round < 3; round++) {
                    send.forEach(gpa -> vm.memory().readPage(gpa, target[(int) (gpa / PAGE)]));
                    for (int i = 0; i < 5; i++) {
                        access();
                    }
                    send.clear();
                    dirty.collect(send);
                }
                device.pause();
                dirty.collect(send);
                send.forEach(gpa -> vm.memory().readPage(gpa, target[(int) (gpa / PAGE)]));
            }
            long[] words = new long[512];
            for (int i = 0; i < target.length; i++) {
                vm.memory().readPage(i * PAGE, words);
                assertThat(target[i]).as("page %d", i).isEqualTo(words);
            }
            device.resume();
        }
    }
}
