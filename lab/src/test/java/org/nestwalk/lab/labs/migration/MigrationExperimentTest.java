package org.nestwalk.lab.labs.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Document;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
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
    void roundsAreSeenAsTheyHappen() {
        List<Document> seen = new ArrayList<>();
        Laboratory laboratory =
                Laboratory.watchedBy(
                        new ProgressListener() {
                            @Override
                            public boolean update(ProgressEvent event) {
                                return seen.size() < 100;
                            }

                            @Override
                            public boolean wantsCharts() {
                                return true;
                            }

                            @Override
                            public void see(Document charts) {
                                seen.add(charts);
                            }
                        });
        MigrationResult result = EXPERIMENT.run(laboratory, arguments());

        List<List<String>> names = seen.stream().map(MigrationExperimentTest::policies).toList();
        assertThat(names.getFirst()).hasSize(1);
        assertThat(names).allMatch(all -> all.getLast().endsWith(" (under way)"));
        // What is over stands as it will in the report.
        String first = result.moves().getFirst().policy();
        assertThat(names).anyMatch(all -> all.size() > 1 && all.getFirst().equals(first));
        assertThat(seen).anyMatch(charts -> rounds(charts) > 1);
    }

    private static Bars bars(Document charts) {
        return charts.blocks().stream()
                .filter(Bars.class::isInstance)
                .map(Bars.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> policies(Document charts) {
        return bars(charts).rows().stream().map(Bars.Row::name).toList();
    }

    /// How many rounds the move that is under way has begun.
    private static long rounds(Document charts) {
        return bars(charts).rows().getLast().cells().stream()
                .filter(cell -> cell.value() != null)
                .count();
    }

    @Test
    void workThatIsNotEndedMovesAllAndMapsAll() {
        MigrationResult result = EXPERIMENT.run(Laboratory.unwatched(), arguments());
        assertThat(result.moves()).hasSize(11);
        assertThat(result.map()).hasSize(35);
    }
}
