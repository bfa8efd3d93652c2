package org.nestwalk.machine.simulated;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What must always hold is checked, at the price of what is in use.
class SparseInvariantsTest {
    private static final long MIB = 1L << 20;

    private static SimulatedMachine machine(long bytes, String fragmentation) {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), bytes)
                                .withFragmentation(Fragmentation.parse(fragmentation), 7));
        VirtualMachine vm =
                machine.create(new VmSettings("vm", bytes / 2, 1, TranslationMode.NESTED));
        vm.exclusively(() -> {
            for (long gpa = 0; gpa < 8 * MIB; gpa += MIB / 4) {
                vm.memory().write(gpa, gpa + 1);
            }
        });
        return machine;
    }

    @Test
    @Timeout(value = 60, unit = SECONDS)
    void hostOfHalfATebibyteIsCheckedByWhatIsInUse() {
        SimulatedMachine machine = machine(512L << 30, "none");
        for (int i = 0; i < 20; i++) {
            machine.checkInvariants();
        }
        machine.closeAndVerify();
    }

    @Test
    void frameThatNobodyOwnsIsNamed() {
        for (String fragmentation : new String[] {"none", "0.5:random", "0.9:clustered"}) {
            SimulatedMachine machine = machine(64 * MIB, fragmentation);
            machine.checkInvariants();
            long lost = machine.frames().frames().allocate(0, 0);
            assertThat(lost).isNotNegative();
            assertThatThrownBy(machine::checkInvariants)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("frame %x is used by nobody", lost);
        }
    }

    @Test
    void fragmentedHostIsWholeAgainAtTheEnd() {
        machine(64 * MIB, "0.5:random").closeAndVerify();
        machine(64 * MIB, "0.9:clustered").closeAndVerify();
    }

    @Test
    void ownedFrameThatIsFreeIsNamed() {
        SimulatedMachine machine = machine(64 * MIB, "0.5:random");
        long[] owned = {-1};
        machine.frames().owners().forEachOwned(0, 64 * MIB, hpa -> owned[0] = hpa);
        machine.frames().frames().free(owned[0], 0);
        assertThatThrownBy(machine::checkInvariants)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame %x is owned, but free", owned[0]);
    }
}
