package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.guarded.KernelWork.Rates;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cell;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cost;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.DirtySource;

/// Guards on the host's KVM: what writes to code is prevented, or found by KVM's own log.
class KvmIntegrityTest {
    private static final int ATTACKS = Boolean.getBoolean("nestwalk.long") ? 500 : 4;
    private static final long PERIOD = 1_000_000;
    private static final List<DirtySource> SOURCES =
            List.of(DirtySource.HOST_BITMAP, DirtySource.HOST_RING);

    private static void needsKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
    }

    @Test
    void everyCellIsAsOnTheSimulatedMachine() {
        needsKvm();
        for (DirtySource source : SOURCES) {
            GuardGround ground = new GuardGround(null, source);
            AttackRun run = new AttackRun(ground, TrialGuests.LAYOUT, PERIOD, ATTACKS, 3);
            Meter meter = Laboratory.unwatched().meter((int) (5 * run.work()));
            for (Guard guard : ground.guards()) {
                for (Cell cell : run.cells(guard, meter)) {
                    requireRight(guard, cell);
                }
            }
        }
    }

    private static void requireRight(Guard guard, Cell cell) {
        boolean code =
                List.of(Attack.values()).stream()
                        .anyMatch(one -> one.label().equals(cell.attack()) && one.writesCode());
        String name = "%s, %s".formatted(guard, cell);
        if (guard == Guard.NONE || !code) {
            assertThat(cell.missed()).as(name).isEqualTo(ATTACKS);
        } else if (guard == Guard.PROTECTION) {
            assertThat(cell.prevented()).as(name).isEqualTo(ATTACKS);
        } else if (guard == Guard.HYBRID) {
            assertThat(cell.prevented() + cell.detected()).as(name).isEqualTo(ATTACKS);
        } else {
            assertThat(cell.detected()).as(name).isEqualTo(ATTACKS);
        }
    }

    @Test
    void aGuestThatPatchesItselfRaisesNoAlarm() {
        needsKvm();
        for (DirtySource source : SOURCES) {
            CostRun run =
                    new CostRun(new GuardGround(null, source), TrialGuests.LAYOUT, PERIOD, 20, 3);
            List<Cost> costs =
                    run.costs(
                            new CostRun.Kind(CostRun.PATCHING, new Rates(8, 16, 2, 3, 0.2, 0.2)),
                            Laboratory.unwatched().meter(200));
            assertThat(costs)
                    .hasSize(5)
                    .allSatisfy(cost -> {
                        assertThat(cost.patches()).isGreaterThan(20);
                        assertThat(cost.alarms()).isZero();
                        assertThat(cost.cycles()).isNull();
                        assertThat(cost.spent()).isPositive();
                    });
            assertThat(costs.get(1).guard()).isEqualTo(Guard.PROTECTION.label());
            assertThat(costs.get(1).writeTraps()).isGreaterThan(20);
        }
    }
}
