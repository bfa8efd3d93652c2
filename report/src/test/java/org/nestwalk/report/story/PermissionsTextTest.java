package org.nestwalk.report.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.vm.PermissionMatrix.Cell;
import org.nestwalk.lab.vm.PermissionMatrix.GuestRights;
import org.nestwalk.lab.vm.PermissionMatrix.Outcome;
import org.nestwalk.machine.SecondLevelMap;

/// Sentences about planted outcomes: each turns when they do.
class PermissionsTextTest {
    private static final GuestRights ALL = new GuestRights(true, true, true, false);
    private static final GuestRights NONE = new GuestRights(false, false, false, false);

    /// What comes of an access that nobody, the host, the guest, or both refuse.
    private static String text(Outcome none, Outcome host, Outcome guest, Outcome both) {
        List<Cell> cells = new ArrayList<>();
        cells.add(cell(ALL, SecondLevelMap.ALL, none));
        cells.add(cell(ALL, 0, host));
        cells.add(cell(NONE, SecondLevelMap.ALL, guest));
        cells.add(cell(NONE, 0, both));
        return OneLine.of(PermissionsText.of("a machine", cells));
    }

    private static Cell cell(GuestRights guest, int host, Outcome outcome) {
        return new Cell(guest, host, Access.LOAD, true, outcome);
    }

    @Test
    void rulesAreSaidToHoldWhereTheyDo() {
        assertThat(text(Outcome.ALLOWED, Outcome.HYPERVISOR, Outcome.GUEST, Outcome.GUEST))
                .contains("An access needs both: each of the 2 that one side refuses is stopped")
                .contains("Where both refuse (1), the guest's kernel hears of it");
    }

    @Test
    void aFaultThatGoesToTheOtherSideIsSaidTo() {
        assertThat(text(Outcome.ALLOWED, Outcome.HYPERVISOR, Outcome.GUEST, Outcome.HYPERVISOR))
                .contains("the guest's kernel hears of 0, which is not as Intel SDM");
    }
}
