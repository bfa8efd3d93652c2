package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// Intel SDM volume 3C, section 28.2.3.3: what is judged before what.
class OrderOfEventsTest {
    private final TestMachine machine = TestMachine.ept();
    private final Steps steps = new Steps();

    private String stepsOf(TestMachine walked, int type) {
        walked.visitor = steps;
        walked.walk(type);
        return steps.toString();
    }

    @Test
    void eachGuestEntryIsTranslatedThenReadAndTheAccessIsTranslatedLast() {
        assertThat(stepsOf(machine, READ))
                .isEqualTo(
                        "(4 S4 S3 S2 S1 G4 (3 S4 S3 S2 S1 G3 (2 S4 S3 S2 S1 G2 (1 S4 S3 S2 S1 G1"
                                + " g4 g3 g2 g1 (0 S4 S3 S2 S1");
    }

    @Test
    void secondLevelFlagsAreSetAfterTheReadsOfTheirTranslation() {
        machine.accessedDirty = true;
        assertThat(stepsOf(machine, READ))
                .startsWith("(4 S4 S3 S2 S1 s4 s3 s2 s1 G4 (3 S4 S3 S2 S1 s1 G3")
                .endsWith("G1 g4 g3 g2 g1 (0 S4 S3 S2 S1 s4 s3 s2 s1");
    }

    @Test
    void nativeWalkReadsOneEntryPerLevel() {
        assertThat(stepsOf(TestMachine.plain(), READ))
                .isEqualTo("(4 G4 (3 G3 (2 G2 (1 G1 g4 g3 g2 g1 (0");
    }

    @ParameterizedTest
    @CsvSource({
        "4, 1, 4, 1, 24",
        "4, 1, 4, 2, 19",
        "4, 2, 4, 1, 19",
        "4, 2, 4, 2, 15",
        "4, 2, 4, 3, 11",
        "4, 3, 4, 3, 8",
        "5, 1, 4, 1, 29",
        "4, 1, 5, 1, 29",
        "5, 1, 5, 1, 35",
    })
    void coldWalkMakesTheReferencesOfTheFormula(
            int guestLevels, int guestLeaf, int secondLevels, int secondLeaf, int references) {
        for (Kind kind : new Kind[] {Kind.EPT, Kind.NPT}) {
            Steps counted = new Steps();
            TestMachine walked =
                    new TestMachine(kind, guestLevels, guestLeaf, secondLevels, secondLeaf);
            walked.visitor = counted;
            assertThat(walked.allows(READ)).isTrue();
            assertThat(counted.references).isEqualTo(references);
        }
    }

    @Test
    void secondLevelFaultOnATableBeatsAGuestFaultBelowIt() {
        machine.table(1).put(0);
        machine.guest(1).put(0);
        machine.violation(READ);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(1));
    }

    @Test
    void guestFaultAboveBeatsASecondLevelFaultOnATableBelow() {
        machine.guest(2).put(0);
        machine.table(1).put(0);
        assertThat(machine.pageFault(READ)).isZero();
    }

    @Test
    void guestFaultAtTheLeafBeatsASecondLevelFaultOnTheDataPage() {
        machine.guest(1).clear(PagingEntry.WRITE);
        machine.data(1).put(0);
        assertThat(machine.pageFault(WRITE))
                .isEqualTo(PageFaultCode.PROTECTION | PageFaultCode.WRITE);
    }

    @Test
    void guestFaultBeatsASecondLevelFaultOfTheAccessedFlag() {
        machine.table(1).clear(EptEntry.WRITE);
        machine.guest(1).clear(PagingEntry.USER);
        assertThat(machine.pageFault(READ | USER))
                .isEqualTo(PageFaultCode.PROTECTION | PageFaultCode.USER);
    }

    @Test
    void secondLevelFaultOfTheAccessedFlagBeatsOneOnTheDataPage() {
        machine.table(1).clear(EptEntry.WRITE);
        machine.data(1).put(0);
        machine.violation(READ);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(1));
    }

    @Test
    void misconfigurationBelowIsNotMetIfTheEntryAboveIsNotPresent() {
        machine.data(2).put(0);
        machine.data(1).put(EptEntry.WRITE);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.EPT_VIOLATION);
    }

    @Test
    void misconfigurationBelowBeatsMissingPermissionAbove() {
        machine.data(3).clear(EptEntry.WRITE);
        machine.data(1).put(EptEntry.WRITE);
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.EPT_MISCONFIGURATION);
    }

    @Test
    void missingPermissionIsJudgedAfterTheWholeWalk() {
        machine.data(4).clear(EptEntry.WRITE);
        String seen = stepsOf(machine, WRITE);
        assertThat(machine.result().outcome()).isEqualTo(Outcome.EPT_VIOLATION);
        assertThat(seen).endsWith("(0 S4 S3 S2 S1");
    }

    @Test
    void faultingAccessSetsNoFlagInTheGuestsTables() {
        machine.guest(1).clear(PagingEntry.WRITE);
        machine.pageFault(WRITE);
        for (int level = 1; level <= 4; level++) {
            assertThat(machine.guest(level).has(PagingEntry.ACCESSED)).isFalse();
        }
    }

    @Test
    void guestFlagsStaySetIfTheAccessThenFaultsInTheSecondLevel() {
        machine.data(1).clear(EptEntry.WRITE);
        machine.violation(WRITE);
        assertThat(machine.guest(1).has(PagingEntry.ACCESSED | PagingEntry.DIRTY)).isTrue();
    }
}
