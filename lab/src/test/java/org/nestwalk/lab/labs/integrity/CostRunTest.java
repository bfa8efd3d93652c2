package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Writes;
import org.nestwalk.lab.machines.Machines;

/// What guards cost where nobody attacks.
class CostRunTest {
    private final CostRun costs =
            new CostRun(
                    GuardGround.of(Machines.named("skylake-sp").model()),
                    new ImageLayout(8, 1, 2, 8, 2, 1, 64, 1),
                    1_000_000,
                    1,
                    1);

    @ParameterizedTest
    @ValueSource(ints = {10, 17, 40})
    void writeProtectionCostsAtLeastAsManyTimesTheLogAsThereAreWrites(int often) {
        List<Writes> rows =
                costs.writes(
                        often,
                        List.of(Guard.PROTECTION, Guard.LOG, Guard.PARTS),
                        Laboratory.unwatched().meter(3));
        double protection = rows.getFirst().cycles();
        assertThat(protection / rows.get(1).cycles()).isGreaterThanOrEqualTo(often);
        // Of parts only the data is written, which costs a few cycles.
        assertThat(rows.getLast().cycles()).isLessThan(protection / often);
    }
}
