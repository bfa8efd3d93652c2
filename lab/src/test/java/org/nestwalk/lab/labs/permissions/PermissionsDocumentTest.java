package org.nestwalk.lab.labs.permissions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Cell;
import org.nestwalk.lab.labs.permissions.PermissionsResult.GuestRights;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Outcome;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Sentences about planted outcomes: each turns when they do.
class PermissionsDocumentTest {
    private static final GuestRights ALL = new GuestRights(true, true, true, false);
    private static final GuestRights NONE = new GuestRights(false, false, false, false);

    /// What comes of an access that nobody, the host, the guest, or both refuse.
    private static PermissionsResult result(
            SecondLevelFormat format, Outcome none, Outcome host, Outcome guest, Outcome both) {
        return new PermissionsResult(
                "a machine",
                format,
                List.of(
                        cell(ALL, SecondLevelMap.ALL, none),
                        cell(ALL, 0, host),
                        cell(NONE, SecondLevelMap.ALL, guest),
                        cell(NONE, 0, both)));
    }

    private static String text(Outcome none, Outcome host, Outcome guest, Outcome both) {
        return text(SecondLevelFormat.EPT, none, host, guest, both);
    }

    private static String text(
            SecondLevelFormat format, Outcome none, Outcome host, Outcome guest, Outcome both) {
        return OneLine.of(PermissionsDocument.of(result(format, none, host, guest, both)));
    }

    private static Cell cell(GuestRights guest, int host, Outcome outcome) {
        return new Cell(guest, host, Access.LOAD, true, outcome);
    }

    @Test
    void rulesAreSaidToHoldWhereTheyDo() {
        assertThat(text(Outcome.ALLOWED, Outcome.HYPERVISOR, Outcome.GUEST, Outcome.GUEST))
                .contains("An access needs both: none of the 3 that a side refuses is made, and")
                .contains("Who refuses alone hears of it: 1 page fault and 1 exit")
                .contains("Where both refuse (1), the guest's kernel hears of it")
                .contains("no pages for fetches alone here");
    }

    /// Each vendor's manual says it of its own tables.
    @Test
    void orderIsThatOfTheMachinesManual() {
        for (Outcome both : List.of(Outcome.GUEST, Outcome.HYPERVISOR)) {
            assertThat(
                            text(
                                    SecondLevelFormat.NPT,
                                    Outcome.ALLOWED,
                                    Outcome.HYPERVISOR,
                                    Outcome.GUEST,
                                    both))
                    .contains("AMD APM volume 2, section 15.25.6")
                    .doesNotContain("Intel");
        }
    }

    @Test
    void aFaultThatGoesToTheOtherSideIsSaidTo() {
        assertThat(text(Outcome.ALLOWED, Outcome.HYPERVISOR, Outcome.GUEST, Outcome.HYPERVISOR))
                .contains("the guest's kernel hears of 0, which is not as Intel SDM")
                .contains("An access needs both");
        assertThat(text(Outcome.ALLOWED, Outcome.GUEST, Outcome.GUEST, Outcome.GUEST))
                .contains("the guest's kernel of 1 of 1, the hypervisor of 0 of 1");
    }

    @Test
    void accessesThatAreMadeAgainstTheRulesAreSaidToBe() {
        assertThat(text(Outcome.HYPERVISOR, Outcome.ALLOWED, Outcome.GUEST, Outcome.GUEST))
                .contains("not need just both: 1 of the 3 that a side refuses are made, and 0 of")
                .doesNotContain("An access needs both");
    }

    @Test
    void csvHasTheMatrixAndTheCounts() {
        assertThat(
                        CsvRenderer.text(
                                PermissionsDocument.of(
                                        result(
                                                SecondLevelFormat.EPT,
                                                Outcome.ALLOWED,
                                                Outcome.HYPERVISOR,
                                                Outcome.GUEST,
                                                Outcome.GUEST))))
                .contains("user RWX,+,h\r\n", "the second level,1,0,0,1\r\n");
    }
}
