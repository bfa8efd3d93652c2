package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ExitQualification.FINAL;
import static org.nestwalk.bits.ExitQualification.LINEAR_VALID;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.EptEntry;

/// Intel SDM volume 3C, section 25.5.6.
class VirtualizationExceptionTest {
    private static final long AREA = TestMachine.EXCEPTIONS;

    private final TestMachine machine = TestMachine.ept();

    VirtualizationExceptionTest() {
        machine.exceptions = new VirtualizationExceptionArea(machine.memory, AREA, 0x1_0007);
        machine.data(1).put(0);
    }

    @Test
    void convertibleViolationIsDescribedInTheArea() {
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.VIRTUALIZATION_EXCEPTION);
        long qualification = WRITE | LINEAR_VALID | FINAL;
        assertThat(machine.result().code()).isEqualTo(qualification);
        assertThat(machine.memory.read(AREA)).isEqualTo(0xffff_ffff_0000_0030L);
        assertThat(machine.memory.read(AREA + 8)).isEqualTo(qualification);
        assertThat(machine.memory.read(AREA + 16)).isEqualTo(machine.gva);
        assertThat(machine.memory.read(AREA + 24))
                .isEqualTo(machine.result().guestPhysicalAddress());
        assertThat(machine.memory.read(AREA + 32)).isEqualTo(7);
    }

    @Test
    void violationOnAGuestTableIsConvertibleToo() {
        machine.table(2).put(0);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.VIRTUALIZATION_EXCEPTION);
        assertThat(machine.memory.read(AREA + 24)).isEqualTo(machine.guestEntryAddress(2));
    }

    @Test
    void suppressedViolationExits() {
        machine.data(1).put(EptEntry.SUPPRESS_VE);
        machine.violation(READ);
        assertThat(machine.memory.read(AREA)).isZero();
    }

    @Test
    void entryThatEndedTheWalkDecides() {
        machine.data(2).put(EptEntry.SUPPRESS_VE);
        machine.violation(READ);
        machine.data(2).put(0);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.VIRTUALIZATION_EXCEPTION);
    }

    @Test
    void leafDecidesIfPermissionIsMissing() {
        machine.data(1).put(EptEntry.READ | EptEntry.ofMemoryType(6) | EptEntry.SUPPRESS_VE);
        machine.violation(WRITE);
        machine.data(1).clear(EptEntry.SUPPRESS_VE);
        machine.data(2).set(EptEntry.SUPPRESS_VE);
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.VIRTUALIZATION_EXCEPTION);
    }

    @Test
    void busyAreaMakesTheViolationExit() {
        machine.walk(READ);
        machine.violation(WRITE);
        assertThat(machine.memory.read(AREA + 8)).isEqualTo(READ | LINEAR_VALID | FINAL);
    }

    @Test
    void releasedAreaTakesTheNextViolation() {
        machine.walk(READ);
        machine.memory.write(AREA, 48);
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.VIRTUALIZATION_EXCEPTION);
    }

    @Test
    void violationExitsOutsideProtectedMode() {
        machine.cr0 &= ~ControlRegisters.CR0_PE;
        machine.violation(READ);
    }

    @Test
    void misconfigurationIsNeverConverted() {
        machine.data(1).put(EptEntry.WRITE);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.EPT_MISCONFIGURATION);
        assertThat(machine.memory.read(AREA)).isZero();
    }

    @Test
    void exceptionIsDeliveredOnceWhereCachesShortenWalks() {
        machine.caches = new MapCaches();
        assertThat(machine.walk(READ)).isEqualTo(Outcome.VIRTUALIZATION_EXCEPTION);
        assertThat(machine.memory.read(AREA + 24))
                .isEqualTo(machine.result().guestPhysicalAddress());
    }
}
