package org.nestwalk.lab.parts;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Parts of a hypervisor that withhold rights, share pages and track writes at once, registered in
/// every order.
class PartsTogetherTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final int RUNS = LONG ? 2_000 : 500;
    private static final int RUNS_OF_A_MACHINE = 50;
    private static final int RUNS_ON_KVM = 100;
    private static final int ORDERS = 720;
    private static final List<SecondLevelFormat> FORMATS = List.of(SecondLevelFormat.values());

    @Test
    void partsAgreeWithTheirTwinOnTheSimulatedMachine() {
        for (int first = 0; first < RUNS; first += RUNS_OF_A_MACHINE) {
            SecondLevelFormat format = FORMATS.get(first / RUNS_OF_A_MACHINE % FORMATS.size());
            SimulatedMachine machine =
                    new SimulatedMachine(
                            SimulatedSettings.of(
                                    TestMachines.of(format, List.of(), List.of(), null),
                                    8 * PartsGuest.MEMORY));
            for (int seed = first; seed < first + RUNS_OF_A_MACHINE; seed++) {
                run(machine, seed, pairs(format));
                machine.checkInvariants();
            }
            machine.closeAndVerify();
        }
    }

    @Test
    void partsAgreeWithTheirTwinOnKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        try (Machine machine = KvmMachine.open(KvmSettings.WATCHED)) {
            for (int seed = 0; seed < RUNS_ON_KVM; seed++) {
                run(
                        machine,
                        seed,
                        List.of(
                                List.of(DirtySource.TRAPS, DirtySource.HOST_BITMAP),
                                List.of(DirtySource.HOST_BITMAP, DirtySource.HOST_BITMAP),
                                List.of(DirtySource.TRAPS, DirtySource.TRAPS)));
            }
        }
    }

    /// Pairs of sources of a format.
    private static List<List<DirtySource>> pairs(SecondLevelFormat format) {
        List<DirtySource> sources = new ArrayList<>(List.of(DirtySource.TRAPS, DirtySource.RING));
        if (format != SecondLevelFormat.EPT) {
            sources.add(DirtySource.FLAGS);
        }
        if (format == SecondLevelFormat.EPT_AD) {
            sources.add(DirtySource.LOG);
        }
        return sources.stream().flatMap(a -> sources.stream().map(b -> List.of(a, b))).toList();
    }

    private static void run(Machine machine, int seed, List<List<DirtySource>> pairs) {
        List<DirtySource> pair = pairs.get(seed % pairs.size());
        int order = seed / pairs.size() % ORDERS;
        Splitting splitting = List.of(Splitting.values()).get(seed / 5 % 3);
        try (PartsGuest guest = new PartsGuest(machine, seed, pair, splitting, order)) {
            guest.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed %d, order %d, %s, %s".formatted(seed, order, pair, splitting), e);
        }
    }
}
