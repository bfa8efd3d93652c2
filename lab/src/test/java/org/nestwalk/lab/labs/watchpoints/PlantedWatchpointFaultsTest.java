package org.nestwalk.lab.labs.watchpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// Classic faults of rotation, planted between watchpoints and machine, and what finds them: beside
/// a monitor that watches pages of its own, every page has the rights that both leave it, after
/// every step, and each sees its own accesses, once.
class PlantedWatchpointFaultsTest {
    private static final long BASE = 0x40_0000_0000L;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int PAGES = 16;
    private static final int STEPS = 200;

    enum Fault {
        NONE,
        FORGETS_TO_DISARM,
        ARMS_TWICE,
        RELEASES_ANOTHERS,
        OPENS_TO_OTHERS,
        OFF_BY_ONE_PAGE
    }

    private final SimulatedMachine machine =
            new SimulatedMachine(SimulatedSettings.of(TestMachines.plain(), 16L << 20));
    private final MappedGuest guest =
            new MappedGuest(
                    machine, 2, BASE, PAGES * PAGE, PageSize.SIZE_4K, new Eager(PageSize.SIZE_4K));
    private final VirtualMachine vm = guest.vm();
    private final List<Long> monitored = new ArrayList<>();
    private final List<Long> caught = new ArrayList<>();
    private final RightsClaim monitor =
            vm.claim((_, exit) -> {
                monitored.add(((VmExit.WriteTrap) exit).gpa() & -PAGE);
                return Verdict.PERFORM;
            });

    /// A claim that does something else than it is told.
    private final class FaultyClaim implements RightsClaim {
        private final Fault fault;
        private final RightsClaim real;
        private final RightsClaim second;

        FaultyClaim(Fault fault, ExitPart owner) {
            this.fault = fault;
            this.real = vm.claim(this::handle);
            this.second = vm.claim((_, _) -> Verdict.PERFORM);
            this.owner = owner;
        }

        private final ExitPart owner;

        private Verdict handle(VirtualCpu cpu, VmExit exit) {
            Verdict verdict = owner.handle(cpu, exit);
            if (fault == Fault.OPENS_TO_OTHERS && verdict == Verdict.PERFORM) {
                real.allow(((VmExit.WriteTrap) exit).gpa() & -PAGE, PAGE, SecondLevelMap.ALL);
                return Verdict.RESUME;
            }
            return verdict;
        }

        @Override
        public void allow(long gpa, long bytes, int rights) {
            boolean disarms = rights == SecondLevelMap.ALL;
            long last = guest.dataStart() + (PAGES - 1) * PAGE;
            long at = fault == Fault.OFF_BY_ONE_PAGE ? Math.min(gpa + PAGE, last) : gpa;
            if (!(disarms && fault == Fault.FORGETS_TO_DISARM)) {
                real.allow(at, bytes, rights);
            }
            if (!disarms && fault == Fault.ARMS_TWICE) {
                second.allow(at, bytes, rights);
            }
            if (disarms && fault == Fault.RELEASES_ANOTHERS) {
                monitor.allow(at, bytes, rights);
            }
        }

        @Override
        public int allowed(long gpa) {
            return real.allowed(gpa);
        }

        @Override
        public void close() {
            real.close();
            second.close();
        }
    }

    /// The virtual machine with claims that are faulty.
    private VirtualMachine faulty(Fault fault) {
        return (VirtualMachine)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {VirtualMachine.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("claim")) {
                                return new FaultyClaim(fault, (ExitPart) arguments[0]);
                            }
                            try {
                                return method.invoke(vm, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private void run(Fault fault) {
        Xoshiro256 random = new Xoshiro256(5);
        PageSet watched = new PageSet();
        watched.add(guest.dataStart(), PAGES * PAGE);
        long others = guest.dataStart() + 4 * PAGE;
        vm.exclusively(() ->
                monitor.allow(others, 4 * PAGE, SecondLevelMap.READ | SecondLevelMap.EXECUTE));
        try (RotatingWatchpoints points =
                RotatingWatchpoints.open(
                        faulty(fault),
                        watched,
                        4,
                        Trap.WRITES,
                        new RandomPages(5),
                        _ -> 0,
                        access -> caught.add(access.gpa() & -PAGE))) {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextBelow(4) == 0) {
                    points.rotate();
                }
                step(points, others, random);
            }
        } finally {
            vm.exclusively(monitor::close);
        }
        for (long page = 0; page < PAGES; page++) {
            assertThat(vm.secondLevel().rights(guest.dataStart() + page * PAGE))
                    .isEqualTo(SecondLevelMap.ALL);
        }
        machine.closeAndVerify();
    }

    private void step(RotatingWatchpoints points, long others, Xoshiro256 random) {
        PageSet armed = new PageSet();
        points.armed(armed);
        long page = random.nextBelow(PAGES) * PAGE;
        long gpa = guest.dataStart() + page;
        monitored.clear();
        caught.clear();
        VmExit end =
                vm.cpus()
                        .get((int) random.nextBelow(2))
                        .run(new long[] {Access.pack(Access.STORE, BASE + page)}, 0, 1);
        assertThat(end).isEqualTo(new VmExit.ProgramEnd());
        boolean isMonitored = gpa >= others && gpa < others + 4 * PAGE;
        assertThat(caught).isEqualTo(armed.contains(gpa) ? List.of(gpa) : List.of());
        assertThat(monitored).isEqualTo(isMonitored ? List.of(gpa) : List.of());
        for (long at = guest.dataStart(); at < guest.dataStart() + PAGES * PAGE; at += PAGE) {
            boolean withheld = armed.contains(at) || (at >= others && at < others + 4 * PAGE);
            assertThat((vm.secondLevel().rights(at) & SecondLevelMap.WRITE) == 0)
                    .isEqualTo(withheld);
        }
    }

    @Test
    void withoutAFaultNothingIsFound() {
        run(Fault.NONE);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyPlantedFaultIsFound(Fault fault) {
        assertThatThrownBy(() -> run(fault)).isInstanceOf(AssertionError.class);
    }
}
