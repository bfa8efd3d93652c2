package org.nestwalk.lab.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// The same random guests on the simulated machine and on KVM.
class ParityTest {
    private static final int SEEDS = Boolean.getBoolean("nestwalk.long") ? 110 : 40;
    private static final long[] NANOSECONDS = new long[3];
    private static final List<DirtySource> SOURCES =
            List.of(DirtySource.TRAPS, DirtySource.TRAPS, DirtySource.HOST_BITMAP);

    private record Seen(
            List<RandomGuest.Interval> intervals, List<Long> backed, List<String> memory) {}

    @BeforeAll
    static void needsKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
    }

    @Test
    void guestsThatKeepTheirEntriesDoTheSame() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            compare(seed, false);
        }
    }

    @Test
    void guestsThatChangeTheirEntriesDoTheSame() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            compare(seed, true);
        }
    }

    /// Time may differ, and does.
    @AfterAll
    static void tellTimes() {
        System.out.printf(
                "ParityTest: seeds 1 to %d, twice: simulated %.1f s, KVM with write traps %.1f s,"
                        + " KVM with its log %.1f s%n",
                SEEDS, NANOSECONDS[0] / 1e9, NANOSECONDS[1] / 1e9, NANOSECONDS[2] / 1e9);
    }

    private static void compare(long seed, boolean changes) {
        int cpus = 1 + (int) (seed % 2);
        Seen simulated;
        try (SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(
                                TestMachines.of(hostsFormat(), List.of(), List.of(), null),
                                2 * RandomGuest.MEMORY))) {
            simulated = run(machine, seed, cpus, changes, 0);
        }
        Seen trapped;
        try (Machine machine = KvmMachine.open(KvmSettings.WATCHED)) {
            trapped = run(machine, seed, cpus, changes, 1);
        }
        String what = "seed %d with write traps".formatted(seed);
        assertThat(trapped.intervals).hasSameSizeAs(simulated.intervals);
        for (int i = 0; i < simulated.intervals.size(); i++) {
            RandomGuest.Interval here = trapped.intervals.get(i);
            RandomGuest.Interval there = simulated.intervals.get(i);
            same(what + ", results", here.results(), there.results());
            same(what + ", written", here.written(), there.written());
            assertThat(here.firstTouches()).as(what).isEqualTo(there.firstTouches());
        }
        same(what + ", backed", trapped.backed, simulated.backed);
        same(what + ", memory", trapped.memory, simulated.memory);
        what = "seed %d with KVM's log".formatted(seed);
        Seen logged;
        try (Machine machine = KvmMachine.open(KvmSettings.WATCHED)) {
            logged = run(machine, seed, cpus, changes, 2);
        }
        for (int i = 0; i < simulated.intervals.size(); i++) {
            same(
                    what + ", interval " + i,
                    logged.intervals.get(i).written(),
                    simulated.intervals.get(i).written());
        }
        same(what + ", memory", logged.memory, simulated.memory);
    }

    /// What the host's second level counts as a write: where KVM shadows the guest's tables,
    /// updates of their flags, as EPT without flags of its own does; with EPT's flags, and on AMD,
    /// every table that is walked. Only the first has been seen here.
    private static SecondLevelFormat hostsFormat() {
        if (isOn("kvm_intel/parameters/ept")) {
            return isOn("kvm_intel/parameters/eptad")
                    ? SecondLevelFormat.EPT_AD
                    : SecondLevelFormat.EPT;
        }
        return isOn("kvm_amd/parameters/npt") ? SecondLevelFormat.NPT : SecondLevelFormat.EPT;
    }

    private static boolean isOn(String parameter) {
        try {
            String value = Files.readString(Path.of("/sys/module", parameter)).strip();
            return value.equals("Y") || value.equals("1");
        } catch (IOException e) {
            return false;
        }
    }

    /// Says little where much is different.
    private static <T> void same(String what, List<T> here, List<T> there) {
        if (here.equals(there)) {
            return;
        }
        List<T> more = new ArrayList<>(here);
        more.removeAll(new HashSet<>(there));
        List<T> fewer = new ArrayList<>(there);
        fewer.removeAll(new HashSet<>(here));
        throw new AssertionError(
                "%s: %d only on KVM, such as %s; %d only simulated, such as %s"
                        .formatted(
                                what,
                                more.size(),
                                more.subList(0, Math.min(8, more.size())),
                                fewer.size(),
                                fewer.subList(0, Math.min(8, fewer.size()))));
    }

    private static Seen run(Machine machine, long seed, int cpus, boolean changes, int kind) {
        long start = System.nanoTime();
        VirtualMachine vm =
                machine.create(
                        new VmSettings("random", RandomGuest.MEMORY, cpus, TranslationMode.NESTED));
        List<RandomGuest.Interval> intervals =
                new RandomGuest(vm, seed, changes, SOURCES.get(kind)).run();
        NANOSECONDS[kind] += System.nanoTime() - start;
        List<Long> backed = new ArrayList<>();
        List<String> memory = new ArrayList<>();
        for (long page = 0; page < RandomGuest.MEMORY; page += 4096) {
            if (vm.secondLevel().pageSize(page) != null) {
                backed.add(page);
                for (long gpa = page; gpa < page + 4096; gpa += 8) {
                    long word = vm.memory().read(gpa);
                    if (word != 0) {
                        memory.add("%x: %x".formatted(gpa, word));
                    }
                }
            }
        }
        vm.close();
        return new Seen(intervals, backed, memory);
    }
}
