package org.nestwalk.lab.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

/// The same random guests on the simulated machine and on KVM.
class ParityTest {
    private static final int SEEDS = 110;

    private record Seen(
            List<RandomGuest.Interval> intervals, List<Long> backed, List<String> memory) {}

    @BeforeAll
    static void needsKvm() {
        assumeThat(Files.isReadable(Path.of("/dev/kvm"))).as("KVM").isTrue();
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

    private static void compare(long seed, boolean changes) {
        int cpus = 1 + (int) (seed % 2);
        Seen simulated;
        try (SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(
                                TestMachines.of(SecondLevelFormat.EPT, List.of(), List.of(), null),
                                2 * RandomGuest.MEMORY))) {
            simulated = run(machine, seed, cpus, changes, true);
        }
        Seen trapped;
        try (Machine machine = KvmMachine.open(KvmSettings.WATCHED)) {
            trapped = run(machine, seed, cpus, changes, true);
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
            logged = run(machine, seed, cpus, changes, false);
        }
        for (int i = 0; i < simulated.intervals.size(); i++) {
            same(
                    what + ", interval " + i,
                    logged.intervals.get(i).logged(),
                    simulated.intervals.get(i).written());
        }
        same(what + ", memory", logged.memory, simulated.memory);
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

    private static Seen run(Machine machine, long seed, int cpus, boolean changes, boolean traps) {
        VirtualMachine vm =
                machine.create(
                        new VmSettings("random", RandomGuest.MEMORY, cpus, TranslationMode.NESTED));
        List<RandomGuest.Interval> intervals = new RandomGuest(vm, seed, changes, traps).run();
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
