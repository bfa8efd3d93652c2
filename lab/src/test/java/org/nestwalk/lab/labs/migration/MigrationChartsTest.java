package org.nestwalk.lab.labs.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Series;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// Pictures of migrations show what the time went to, once for all policies that went the same way.
class MigrationChartsTest {
    private static final MigrationRound FIRST =
            new MigrationRound(0, 700, 10, 40_960, 3, 12_288, 0);
    private static final MigrationRound SECOND =
            new MigrationRound(700, 200, 3, 12_288, 1, 4_096, 0.2);

    private static Move move(
            String policy,
            @Nullable String failure,
            long nanoseconds,
            long downtime,
            MigrationRound... rounds) {
        return new Move(
                "gups",
                1e6,
                policy,
                failure,
                nanoseconds,
                rounds.length,
                53_248,
                downtime,
                downtime - 10,
                10,
                0.1,
                false,
                0,
                downtime,
                List.of(rounds));
    }

    private static <T> List<T> charts(Class<T> kind, Move... moves) {
        return MigrationCharts.of(List.of(moves)).blocks().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static long sum(Bars.Row row) {
        return row.cells().stream()
                .map(Cell::value)
                .filter(Number.class::isInstance)
                .mapToLong(value -> ((Number) value).longValue())
                .sum();
    }

    @Test
    void partsOfABarAddUpToTheTimeOfTheMigration() {
        Bars bars =
                charts(
                                Bars.class,
                                move("deadline", null, 1_000, 100, FIRST, SECOND),
                                move("post-copy", null, 900, 50),
                                move("stays", "gave up", 900, 0, FIRST, SECOND))
                        .getFirst();
        assertThat(bars.rows())
                .extracting(MigrationChartsTest::sum)
                .containsExactly(1_000L, 900L, 900L);
        assertThat(bars.rows().get(1).cells())
                .extracting(Cell::value)
                .containsExactly(null, null, 850L, 50L);
        assertThat(bars.rows().getLast().name()).isEqualTo("stays (stayed)");
        assertThat(bars.rows().getLast().cells().getLast().text()).isEqualTo("stayed");
    }

    @Test
    void policiesThatWentTheSameWayAreOneLine() {
        Series left =
                charts(
                                Series.class,
                                move("deadline", null, 1_000, 100, FIRST),
                                move("fixed-rounds", null, 1_000, 100, FIRST, SECOND),
                                move("hybrid", null, 1_000, 100, FIRST),
                                move("stop-and-copy", null, 1_000, 1_000))
                        .getFirst();
        assertThat(left.lines())
                .extracting(Series.Line::name)
                .containsExactly("deadline and 1 more", "fixed-rounds");
        assertThat(left.lines().getFirst().meaning()).isEqualTo("the same under hybrid");
        assertThat(left.lines().getLast().points())
                .containsExactly(new Series.Point(700, 12_288), new Series.Point(900, 4_096));
    }

    @Test
    void onlyRoundMakesALineOfRatesAndNoCurveOfWhatWasLeft() {
        Series rates = (Series) MigrationCharts.rates(List.of(FIRST)).blocks().getFirst();
        assertThat(rates.lines().getFirst().points())
                .extracting(Series.Point::x)
                .containsExactly(0.0, 700.0);
        assertThat(MigrationCharts.over(move("deadline", null, 1_000, 100, FIRST)).blocks())
                .hasSize(2)
                .allMatch(Bars.class::isInstance);
        assertThat(MigrationCharts.over(move("deadline", null, 1_000, 100, FIRST, SECOND)).blocks())
                .hasAtLeastOneElementOfType(Series.class);
    }

    @Test
    void migrationWithoutEndIsShownByItsLastRounds() {
        List<MigrationRound> rounds =
                IntStream.range(0, 5_000)
                        .mapToObj(i -> new MigrationRound(100L * i, 90, 1, 4_096, 1, 4_096, 0))
                        .toList();
        Series rates = (Series) MigrationCharts.rates(rounds).blocks().getFirst();
        assertThat(rates.lines().getFirst().points()).hasSizeLessThan(500);
        assertThat(rates.lines().getFirst().points().getLast().x()).isEqualTo(499_990);
    }

    @Test
    void timeWithheldIsShownWhereAnyIs() {
        assertThat(charts(Series.class, move("deadline", null, 1_000, 100, FIRST, SECOND)))
                .hasSize(4);
        List<Series> none = charts(Series.class, move("deadline", null, 1_000, 100, FIRST));
        assertThat(none).filteredOn(series -> !series.isEmpty()).hasSize(3);
    }
}
