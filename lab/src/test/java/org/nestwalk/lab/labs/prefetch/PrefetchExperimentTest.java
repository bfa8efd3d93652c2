package org.nestwalk.lab.labs.prefetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.WrongHint;
import org.nestwalk.parameter.Arguments;

class PrefetchExperimentTest {
    private static PrefetchResult run(String... given) {
        PrefetchExperiment experiment = new PrefetchExperiment();
        return experiment.run(
                Laboratory.unwatched(),
                Arguments.of(
                        experiment.spec().all(),
                        Stream.of(given)
                                .map(word -> word.split("="))
                                .collect(
                                        Collectors.toMap(
                                                word -> word[0], word -> List.of(word[1]))),
                        UnaryOperator.identity()));
    }

    private static Row row(PrefetchResult result, Pattern pattern, Way way) {
        return result.row(pattern.label(), way.label()).orElseThrow();
    }

    @Test
    void aHintTurnsViolationsIntoCallsAndFirstTouchesIntoTlbMisses() {
        PrefetchResult result = run("pages=1000", "chunk=64", "hostile=100");
        for (Pattern pattern : Pattern.values()) {
            Row demand = row(result, pattern, Way.DEMAND);
            Row hint = row(result, pattern, Way.HINT);
            Row eager = row(result, pattern, Way.EAGER);
            assertThat(demand.violations()).isEqualTo(1000);
            assertThat(hint.violations()).isZero();
            assertThat(hint.hypercalls()).isEqualTo((hint.announced() + 63) / 64);
            assertThat(hint.p99()).isEqualTo(eager.p99()).isLessThan(demand.median());
            assertThat(row(result, pattern, Way.HINT_WARM).p99()).isLessThan(hint.p99());
            assertThat(hint.histogram().stream().mapToLong(PrefetchResult.Bin::count).sum())
                    .isEqualTo(1000);
        }
        assertThat(row(result, Pattern.SEQUENTIAL, Way.AROUND).violations()).isEqualTo(63);
        assertThat(row(result, Pattern.STRIDED, Way.AROUND).violations()).isEqualTo(125);
        assertThat(row(result, Pattern.RANDOM, Way.STRIDE).violations()).isGreaterThan(900);
        assertThat(row(result, Pattern.STRIDED, Way.HINT).wastedBytes()).isEqualTo(1000 * 4096);
    }

    @Test
    void pagesBackedBesideTheGuestAreThereIfThereIsTime() {
        PrefetchResult early = run("pages=500", "way=hint-beside", "lead=1e6", "hostile=1");
        PrefetchResult late = run("pages=500", "way=hint-beside", "lead=0", "hostile=1");
        assertThat(row(early, Pattern.RANDOM, Way.HINT_BESIDE).violations()).isZero();
        assertThat(row(late, Pattern.SEQUENTIAL, Way.HINT_BESIDE).violations())
                .isBetween(50L, 499L);
    }

    @Test
    void aPeriodicTaskTouchesNoMoreThanTheProgramDoes() {
        assertThat(run("pages=5", "job=16", "way=demand", "hostile=1").job()).isEqualTo(5);
    }

    @Test
    void wrongHintsAreCappedAndTheirCostIsSaid() {
        PrefetchResult result = run("pages=1000", "pattern=random", "way=hint", "hostile=3000");
        assertThat(result.wrong()).hasSize(4).allMatch(WrongHint::isCapped);
        WrongHint useless = Objects.requireNonNull(result.wrong()).getFirst();
        assertThat(useless.wastedBytes()).isEqualTo(1000 * 4096);
        assertThat(useless.hostCycles()).isGreaterThan(1000 * 2000);
        WrongHint hostile = result.wrong().getLast();
        assertThat(hostile.capped()).isPositive();
        assertThat(hostile.refused()).isPositive();
        assertThat(hostile.backed()).isBetween(500L, 700L);
    }

    @Test
    void aWindowThatIsNoPowerOfTwoIsRefused() {
        assertThatThrownBy(() -> run("around=3"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no power of two");
    }

    @Test
    void firstTouchesAreTimedOnKvm() {
        PrefetchResult result;
        try {
            result = run("on=kvm", "pages=256", "pattern=sequential");
        } catch (InputException e) {
            result = abort(String.valueOf(e.getMessage()));
        }
        assertThat(result.rows()).isNotEmpty().allMatch(row -> row.median() > 0);
        Row demand = result.row("sequential", MeasuredTouches.DEMAND).orElseThrow();
        Row touched = result.row("sequential", MeasuredTouches.TOUCHED).orElseThrow();
        assertThat(touched.median()).isLessThan(demand.median());
        assertThat(demand.backedBytes()).isEqualTo(256 * 4096);
        assertThat(touched.wastedBytes()).isEqualTo(256 * 4096);
    }
}
