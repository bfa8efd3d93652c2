package org.nestwalk.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.vm.PermissionMatrix.Cell;
import org.nestwalk.lab.vm.PermissionMatrix.Outcome;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

/// The matrix against the rules written down a second time: guest permissions first (CR0.WP set,
/// EFER.NXE set, SMEP and SMAP clear), then the second level's.
class PermissionMatrixTest {
    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void everyCellFollowsTheRules(SecondLevelFormat format) {
        List<Long> left = new ArrayList<>();
        List<Cell> cells =
                PermissionMatrix.run(
                        TestMachines.of(format, TestMachines.GUEST_CACHES, List.of(), null),
                        event -> left.add(event.total().orElseThrow() - event.done()));
        int hosts = format == SecondLevelFormat.NPT ? 5 : 6;
        assertThat(cells).hasSize(9 * hosts * 3 * 2);
        assertThat(left).hasSize(9).isSortedAccordingTo(Comparator.reverseOrder()).endsWith(0L);
        assertThat(cells).allSatisfy(cell -> assertThat(cell.outcome()).isEqualTo(expected(cell)));
    }

    private static Outcome expected(Cell cell) {
        var guest = cell.guest();
        boolean guestGrants =
                guest.present()
                        && (guest.user() || !cell.user())
                        && (guest.write() || cell.access() != Access.STORE)
                        && !(guest.noExecute() && cell.access() == Access.FETCH);
        if (!guestGrants) {
            return Outcome.GUEST;
        }
        int needed =
                switch (cell.access()) {
                    case Access.LOAD -> SecondLevelMap.READ;
                    case Access.STORE -> SecondLevelMap.WRITE;
                    default -> SecondLevelMap.EXECUTE;
                };
        return (cell.host() & needed) != 0 ? Outcome.ALLOWED : Outcome.HYPERVISOR;
    }
}
