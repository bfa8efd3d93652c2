package org.nestwalk.lab.labs.permissions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Cell;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Outcome;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// The matrix against the rules written down a second time: guest permissions first (CR0.WP set,
/// EFER.NXE set, SMEP and SMAP clear), then the second level's.
class PermissionsExperimentTest {
    private static ProcessorModel machine(SecondLevelFormat format) {
        return TestMachines.of(format, TestMachines.GUEST_CACHES, List.of(), null);
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void everyCellFollowsTheRules(SecondLevelFormat format) {
        List<Long> left = new ArrayList<>();
        Laboratory laboratory =
                Laboratory.watchedBy(event -> left.add(event.total().orElseThrow() - event.done()));
        List<Cell> cells = PermissionsExperiment.of(laboratory, machine(format)).cells();
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

    /// AMD's nested tables cannot allow fetches without reads.
    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void everythingExpectedShowsButWhatTheProcessorHasNoRightFor(SecondLevelFormat format) {
        PermissionsResult result =
                PermissionsExperiment.of(Laboratory.unwatched(), machine(format));
        assertThat(new PermissionsExperiment().document(result).claims())
                .hasSize(4)
                .allSatisfy(claim ->
                        assertThat(claim.held())
                                .as(claim.name())
                                .isEqualTo(
                                        format != SecondLevelFormat.NPT
                                                || !claim.name()
                                                        .equals(
                                                                "the-second-level-allows-fetches-alone")));
    }

    @Test
    void interruptedMatrixHasWholeRowsOnlyAndSaysWhatTheyShow() {
        PermissionsResult result =
                PermissionsExperiment.of(
                        Laboratory.watchedBy(event -> event.done() < 2 * 36),
                        machine(SecondLevelFormat.EPT));
        assertThat(result.cells()).hasSize(36);
        assertThat(new PermissionsExperiment().document(result).claims())
                .extracting(Claim::name)
                .doesNotContain("an-access-needs-both", "who-refuses-hears")
                .contains("the-guest-hears-first");
    }
}
