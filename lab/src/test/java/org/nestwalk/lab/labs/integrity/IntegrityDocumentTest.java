package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cell;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cost;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Writes;

/// Sentences about planted figures: each turns when the figures do.
class IntegrityDocumentTest {
    private static Cell cell(
            Attack attack,
            Guard guard,
            int prevented,
            int detected,
            int missed,
            @Nullable Long delay) {
        return new Cell(
                attack.label(),
                guard.label(),
                prevented,
                detected,
                missed,
                0,
                delay,
                delay,
                delay,
                missed == 0 ? null : "a reason");
    }

    private static Cost cost(
            String guest, Guard guard, long patches, long alarms, double slowdown) {
        return new Cost(guest, guard.label(), patches, 1, alarms, 9, 0, 1_000L, null, slowdown);
    }

    private static String text(List<Cell> cells, List<Cost> costs, List<Writes> writes) {
        return OneLine.of(
                IntegrityDocument.of(
                        new IntegrityResult("a machine", 1_000_000, 9, cells, costs, writes)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9 | 0 | 0 | Write protection prevents all 9 attacks that write to code,",
                "8 | 0 | 1 | Write protection prevents 8 of 9 attacks that write to code.",
                "8 | 1 | 0 | Write protection prevents 8 of 9 attacks that write to code."
            })
    void preventionIsJudged(int prevented, int detected, int missed, String said) {
        assertThat(
                        text(
                                List.of(
                                        cell(
                                                Attack.ALIAS,
                                                Guard.PROTECTION,
                                                prevented,
                                                detected,
                                                missed,
                                                null)),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9 | 0 | 1000000 | finds 9 of 9, each within a period of 1.00 ms",
                "9 | 0 | 1100000 | The log finds 9 of 9 of them, the last after 1.10 ms",
                "8 | 1 | 900000 | The log finds 8 of 9 of them"
            })
    void delaysOfTheLogAreJudged(int detected, int missed, long delay, String said) {
        assertThat(
                        text(
                                List.of(cell(Attack.ALIAS, Guard.LOG, 0, detected, missed, delay)),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 9 | 9 | 0 | Remapping is missed by who guards frames (9 of 9) and prevented",
                "1 | 8 | 9 | 0 | Of remappings, who guards frames misses 8 of 9",
                "0 | 9 | 8 | 1 | who guards page tables, too, prevents 8 of 9"
            })
    void remappingIsJudged(
            int byFrames, int missed, int byTables, int missedByTables, String said) {
        assertThat(
                        text(
                                List.of(
                                        cell(
                                                Attack.REMAP,
                                                Guard.PROTECTION,
                                                byFrames,
                                                0,
                                                missed,
                                                null),
                                        cell(
                                                Attack.REMAP,
                                                Guard.TABLES,
                                                byTables,
                                                0,
                                                missedByTables,
                                                null)),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DEVICE | HASHING | 9 | 0 | What a device writes only hashing is sure to find (9",
                "DEVICE | HASHING | 8 | 1 | Hashing finds 8 of 9 writes of devices.",
                "RETURN_ADDRESS | LOG | 0 | 9 | which is data, is noticed by nobody",
                "RETURN_ADDRESS | LOG | 1 | 8 | Overwritten return addresses are noticed 1 time."
            })
    void devicesAndDataAreJudged(
            Attack attack, Guard guard, int detected, int missed, String said) {
        assertThat(
                        text(
                                List.of(cell(attack, guard, 0, detected, missed, 5L)),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7 | 0 | 1.1 | 1.5 | 14 patches of kernels and 2 modules and programs that nobody"
                        + " attacked raised no alarm.",
                "7 | 3 | 1.1 | 1.5 | raised 6 alarms.",
                "7 | 0 | 1.1 | 1.5 | patches itself 7 times is slowed down 1.10 times by the log"
                        + " and 1.50 times by write protection",
                "7 | 0 | 1.5 | 1.1 | is slowed down no less by the log (1.500 times)",
                "0 | 0 | 1.5 | 1.1 | is slowed down no less by the log (1.500 times)"
            })
    void alarmsAndPatchesAreJudged(
            long patches, long alarms, double log, double protection, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(
                                        cost(CostRun.PATCHING, Guard.LOG, patches, alarms, log),
                                        cost(
                                                CostRun.PATCHING,
                                                Guard.PROTECTION,
                                                patches,
                                                alarms,
                                                protection)),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "45 | 1.01 | Guarding page tables makes 9 exits in a guest that changes none",
                "1.01 | 1.01 | Guarding page tables makes 9 exits: 1.010 times the cycles"
            })
    void guardedTablesAreJudged(double exits, double flags, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(
                                        cost(CostRun.QUIET, Guard.TABLES, 0, 0, exits),
                                        cost(CostRun.QUIET, Guard.TABLE_FLAGS, 0, 0, flags)),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10 | 1000 | 100 | write protection takes at least 1.0 times as many cycles",
                "20 | 1000 | 100 | write protection takes only 0.5 times as many cycles"
            })
    void savingsByWritesAreJudged(int often, double protection, double log, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(),
                                List.of(
                                        new Writes(often, Guard.PROTECTION.label(), protection),
                                        new Writes(often, Guard.LOG.label(), log))))
                .contains(said);
    }
}
