package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// An encrypted virtual machine on a machine of two nodes, remote memory taking half as long again.
class EncryptedNodesTest {
    private static final long NODE = 16L << 20;
    private static final long LARGE = 2L << 20;
    private static final long GVA = 0x80_0000_0000L;
    private static final int ADDER = 7;

    private final SimulatedSettings settings =
            SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 2 * NODE)
                    .withTopology(new Topology(2, 1.5, 60))
                    .with(new MemoryEncryption(51, ADDER, EncryptionScope.WHOLE_MEMORY));
    private final SimulatedMachine machine = new SimulatedMachine(settings);
    private final VirtualMachine vm =
            machine.create(
                    new VmSettings(
                            "vm", 4 * LARGE, 1, TranslationMode.NESTED, Protection.ENCRYPTED));
    private final VirtualCpu cpu = vm.cpus().getFirst();
    private final NodePlacement nodes = vm.placement().orElseThrow();

    @BeforeEach
    void makeTables() {
        vm.attach((exited, exit) ->
                Verdict.resumeIf(
                        exit instanceof VmExit.Violation violation
                                && vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K)));
        KernelCpu kernel = cpu.kernel();
        kernel.zero(0x1000, 3 * 4096);
        kernel.store(0x1000 + 8, 0x2000 | 7);
        kernel.store(0x2000, 0x3000 | 7);
        kernel.store(0x3000 + 8, LARGE | 0x87 | kernel.encryptionBit());
        kernel.loadCr3(0x1000, false);
        run(Access.STORE);
    }

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private void run(int kind) {
        VmExit exit = cpu.run(new long[] {Access.pack(kind, GVA + LARGE)}, 0, 1);
        assertThat(exit).isInstanceOf(VmExit.ProgramEnd.class);
    }

    /// Cycles and references of a walk and the load after it.
    private long[] coldLoad() {
        cpu.kernel().loadCr3(0x1000, false);
        cpu.kernel().invlpg(GVA + LARGE);
        var before = cpu.walkCounts().orElseThrow().copy();
        run(Access.LOAD);
        var counts = cpu.walkCounts().orElseThrow().since(before);
        return new long[] {counts.walkCycles, counts.walks.references()};
    }

    private void moveTo(int node) {
        vm.exclusively(() -> nodes.moveCpu(0, node));
    }

    @Test
    void aReferenceCostsTheWayAndTheEncryption() {
        coldLoad();
        long[] near = coldLoad();
        moveTo(1);
        coldLoad();
        long[] far = coldLoad();
        assertThat(far[1]).isEqualTo(near[1]).isPositive();
        assertThat(far[0] - near[0])
                .isEqualTo(far[1] * settings.model().memory().memoryCycles() / 2);
    }

    @Test
    void pagesStayAndTablesMoveWhereTheGuestGoes() {
        moveTo(1);
        vm.exclusively(() -> {
            assertThat(nodes.migrate(0, vm.settings().memoryBytes(), 1)).isZero();
            nodes.placeTables(1);
        });
        assertThat(nodes.nodeOf(LARGE)).isZero();
        assertThat(nodes.tableNodes()).containsExactly(1);
        cpu.setProgram(0, 0);
        run(Access.LOAD);
        assertThat(cpu.state().checksum())
                .as("what the first store left")
                .isEqualTo(Checksum.fold(0, Checksum.value(0)));
    }
}
