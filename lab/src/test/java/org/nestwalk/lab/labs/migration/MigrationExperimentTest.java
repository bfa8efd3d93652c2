package org.nestwalk.lab.labs.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.parameter.Arguments;

class MigrationExperimentTest {
    private static final MigrationExperiment EXPERIMENT = new MigrationExperiment();

    private static Arguments arguments() {
        return Arguments.of(
                EXPERIMENT.spec().all(),
                Map.of(
                        "program", List.of("gups:footprint=1MiB,accesses=5k"),
                        "memory", List.of("16MiB"),
                        "map", List.of("true")),
                UnaryOperator.identity());
    }

    private static MigrationResult endedAfter(long migrations) {
        AtomicLong most = new AtomicLong();
        Laboratory laboratory =
                Laboratory.watchedBy(event -> {
                    if (event.unit().equals("migrations")) {
                        most.accumulateAndGet(event.done(), Math::max);
                    }
                    return most.get() < migrations;
                });
        return EXPERIMENT.run(laboratory, arguments());
    }

    @Test
    void endedWorkKeepsTheGuestsThatWereMoved() {
        MigrationResult result = endedAfter(4);
        assertThat(result.moves()).hasSize(3);
        assertThat(result.moves()).allMatch(MigrationResult.Move::succeeded);
        assertThat(result.map()).isEmpty();
    }

    @Test
    void workThatIsNotEndedMovesAllAndMapsAll() {
        MigrationResult result = EXPERIMENT.run(Laboratory.unwatched(), arguments());
        assertThat(result.moves()).hasSize(11);
        assertThat(result.map()).hasSize(35);
    }
}
