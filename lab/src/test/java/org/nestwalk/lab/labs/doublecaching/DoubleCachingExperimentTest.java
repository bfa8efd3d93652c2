package org.nestwalk.lab.labs.doublecaching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Bias;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Effect;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Mode;
import org.nestwalk.parameter.Arguments;

class DoubleCachingExperimentTest {
    private static final int GUEST = 1;

    private static DoubleCachingResult run(String... given) {
        DoubleCachingExperiment experiment = new DoubleCachingExperiment();
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

    private static Effect faults(DoubleCachingResult result, int term) {
        return result.effect(Factorial.FAULTS, term).orElseThrow();
    }

    private static void assertFaultsFollowFreshMemory(DoubleCachingResult result) {
        assertThat(result.observations())
                .allSatisfy(one -> {
                    assertThat(one.faults()).isEqualTo(one.freshPages());
                    assertThat(one.faults())
                            .isEqualTo(one.guestCold() && one.fresh() ? one.pages() : 0);
                });
        Effect host = faults(result, Factorial.HOST);
        assertThat(host.effect()).isZero();
        assertThat(host.lower()).isLessThanOrEqualTo(0);
        assertThat(host.upper()).isGreaterThanOrEqualTo(0);
        assertThat(faults(result, Factorial.FRESH).effect()).isEqualTo(0.5);
        assertThat(result.hypotheses().getFirst().p()).isLessThan(0.001);
        assertThat(result.hypotheses().getLast().p()).isGreaterThan(0.001);
    }

    @Test
    void faultsFollowFreshMemoryAndNotWhatIsFetched() {
        DoubleCachingResult result = run("pages=60", "replicates=3", "passes=1");
        assertThat(result.mode("none").orElseThrow().laterNanoseconds()).isNull();
        assertFaultsFollowFreshMemory(result);
        assertThat(result.observations())
                .allSatisfy(one ->
                        assertThat(one.diskPages())
                                .isEqualTo(one.guestCold() && one.hostCold() ? one.pages() : 0));
        assertThat(
                        result.effect(Factorial.DISK_PAGES, GUEST | Factorial.HOST)
                                .orElseThrow()
                                .effect())
                .isEqualTo(0.5);
        // The order is random: cells are not one after the other.
        assertThat(
                        result.observations().stream()
                                .map(one -> one.cell())
                                .limit(6)
                                .distinct()
                                .count())
                .isGreaterThan(2);
    }

    @Test
    void eachConfounderBiasesOneOfTheEffects() {
        List<Bias> biases =
                Objects.requireNonNull(run("pages=60", "replicates=2", "passes=1").biases());
        assertThat(biases).hasSize(Confounder.values().length);
        assertThat(biases.getFirst().freshBias()).isZero();
        assertThat(biases.subList(1, biases.size()))
                .allSatisfy(bias ->
                        assertThat(Math.abs(bias.freshBias()) + Math.abs(bias.hostBias()))
                                .as(bias.confounder())
                                .isGreaterThan(0.01));
        Bias order = biases.getLast();
        assertThat(order.hostEffect()).isEqualTo(0.25);
    }

    @Test
    void largePagesMakeOneFaultOfAllFreshPagesWithin2M() {
        Bias large =
                Objects.requireNonNull(
                                run("pages=2000", "replicates=2", "passes=1", "mode=none").biases())
                        .get(List.of(Confounder.values()).indexOf(Confounder.LARGE_PAGES));
        assertThat(large.freshEffect()).isBetween(0.25 / 512, 0.75 / 512 + 0.001);
    }

    @Test
    void remediesKeepNothingTwiceAtAPrice() {
        DoubleCachingResult result = run("pages=100", "replicates=2", "passes=3");
        Mode writeback = result.mode("writeback").orElseThrow();
        assertThat(writeback.twicePages()).isEqualTo(100);
        assertThat(writeback.mostTwice()).isEqualTo(100);
        assertThat(writeback.overTime()).isSorted();
        Mode none = result.mode("none").orElseThrow();
        Mode dax = result.mode("dax").orElseThrow();
        Mode shared = result.mode("9p").orElseThrow();
        for (Mode mode : List.of(none, dax, shared)) {
            assertThat(mode.mostTwice()).as(mode.mode()).isZero();
        }
        // A guest that has forgotten all reads from the disk again where the host keeps nothing.
        assertThat(none.coldNanoseconds()).isGreaterThan(10 * writeback.coldNanoseconds());
        assertThat(shared.requests()).isEqualTo(300);
        assertThat(shared.laterNanoseconds())
                .isGreaterThan(Objects.requireNonNull(writeback.laterNanoseconds()));
        assertThat(dax.requests()).isZero();
        assertThat(dax.faults()).isEqualTo(100);
        assertThat(dax.guestPages()).isZero();
    }

    @Test
    void whatIsHeldTwiceIsNoMoreThanTheSmallerCache() {
        DoubleCachingResult result =
                run("pages=100", "replicates=2", "passes=2", "guest-cache=30", "host-cache=70");
        assertThat(result.mode("writeback").orElseThrow().mostTwice()).isBetween(1L, 30L);
        // A window of which the host keeps a part faults again for what has left.
        assertThat(result.mode("dax").orElseThrow().faults()).isGreaterThan(100);
        assertThat(result.mode("dax").orElseThrow().hostPages()).isEqualTo(70);
    }

    @Test
    void theSameHoldsOnKvmForAFileOfTheHosts() {
        DoubleCachingResult result;
        try {
            result = run("on=kvm", "pages=60", "replicates=2");
        } catch (InputException e) {
            result = abort(String.valueOf(e.getMessage()));
        }
        assertFaultsFollowFreshMemory(result);
        assertThat(result.observations())
                .filteredOn(one -> !(one.guestCold() && one.hostCold()))
                .allSatisfy(one -> assertThat(one.diskPages()).isZero());
    }
}
