package org.nestwalk.lab.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// All ways of tracking report the same pages of random programs.
class TrackersAgreeTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final int TOGETHER = LONG ? 1_000 : 200;
    private static final int ALONE = LONG ? 1_000 : 100;
    private static final int ON_KVM = LONG ? 500 : 20;

    private static final List<SecondLevelFormat> FORMATS = List.of(SecondLevelFormat.values());

    private static SimulatedMachine simulated(SecondLevelFormat format) {
        return new SimulatedMachine(
                SimulatedSettings.of(
                        TestMachines.of(format, List.of(), List.of(), null),
                        6 * TrackedProgram.MEMORY));
    }

    private static List<DirtySource> sources(SecondLevelFormat format) {
        List<DirtySource> sources = new ArrayList<>(List.of(DirtySource.TRAPS, DirtySource.RING));
        if (format != SecondLevelFormat.EPT) {
            sources.add(DirtySource.FLAGS);
        }
        if (format == SecondLevelFormat.EPT_AD) {
            sources.add(DirtySource.LOG);
        }
        return sources;
    }

    private static Splitting splitting(int seed) {
        return List.of(Splitting.values()).get(seed / 3 % 3);
    }

    private static PageSize backing(int seed) {
        return seed / 9 % 2 == 0 ? PageSize.SIZE_2M : PageSize.SIZE_4K;
    }

    private static List<List<Long>> run(
            Machine machine,
            int seed,
            List<DirtySource> sources,
            Splitting splitting,
            PageSize backing,
            boolean alone) {
        try (TrackedProgram program =
                new TrackedProgram(machine, seed, sources, splitting, backing, alone)) {
            return program.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed %d, %s, %s, %s".formatted(seed, sources, splitting, backing), e);
        }
    }

    @Test
    void sourcesOfOneMachineReportTheSamePagesTablesIncluded() {
        for (int seed = 0; seed < TOGETHER; seed++) {
            SecondLevelFormat format = FORMATS.get(seed % 3);
            SimulatedMachine machine = simulated(format);
            run(machine, seed, sources(format), splitting(seed), backing(seed), true);
            machine.checkInvariants();
            machine.closeAndVerify();
        }
    }

    @Test
    void sourcesAloneReportTheSameDataPages() {
        for (int seed = 0; seed < ALONE; seed++) {
            SecondLevelFormat format = FORMATS.get(seed % 3);
            SimulatedMachine machine = simulated(format);
            List<List<Long>> first = List.of();
            for (DirtySource source : sources(format)) {
                List<List<Long>> found =
                        run(machine, seed, List.of(source), splitting(seed), backing(seed), false);
                if (!first.isEmpty()) {
                    assertThat(found).as("seed %d, %s", seed, source).isEqualTo(first);
                }
                first = found;
            }
            machine.closeAndVerify();
        }
    }

    /// Of guest tables KVM reports those whose flags change, which is not what walks read.
    @Test
    void bitmapRingsAndScanOfKvmReportTheDataPagesOfTheSimulatedMachine() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        SimulatedMachine machine = simulated(SecondLevelFormat.EPT_AD);
        for (DirtySource source :
                List.of(DirtySource.HOST_BITMAP, DirtySource.HOST_RING, DirtySource.HOST_SCAN)) {
            KvmSettings.Dirty dirty = KvmSettings.Dirty.of(source);
            boolean traps = dirty != KvmSettings.Dirty.SCAN;
            try (Machine kvm =
                    KvmMachine.open(
                            new KvmSettings(KvmSettings.Backing.SHARED, false, traps, dirty))) {
                for (int seed = 0; seed < ON_KVM; seed++) {
                    List<List<Long>> simulated =
                            run(
                                    machine,
                                    seed,
                                    List.of(DirtySource.LOG),
                                    Splitting.NONE,
                                    PageSize.SIZE_4K,
                                    false);
                    List<List<Long>> measured =
                            run(
                                    kvm,
                                    seed,
                                    List.of(source),
                                    Splitting.NONE,
                                    PageSize.SIZE_4K,
                                    false);
                    assertThat(measured).as("seed %d, %s", seed, source).isEqualTo(simulated);
                }
            } catch (InputException e) {
                assumeTrue(dirty == KvmSettings.Dirty.BITMAP, e.getMessage());
                throw e;
            }
        }
        machine.closeAndVerify();
    }
}
