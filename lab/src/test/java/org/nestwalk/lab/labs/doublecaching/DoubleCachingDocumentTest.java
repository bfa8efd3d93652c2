package org.nestwalk.lab.labs.doublecaching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Bias;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Effect;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Hypothesis;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Mode;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Observation;

/// Sentences about planted figures: each turns when the figures do.
class DoubleCachingDocumentTest {
    private static Effect faults(int term, double effect, double lower, double upper) {
        return new Effect(Factorial.FAULTS, CacheState.term(term), effect, lower, upper, 0.5, 0.01);
    }

    private static Mode mode(String name, long twice, long first, @Nullable Long later, long cold) {
        return new Mode(name, 10, 10, twice, twice, 5, 5, 5, first, later, cold, List.of(twice));
    }

    private static String text(
            List<Observation> observations,
            List<Effect> effects,
            List<Hypothesis> hypotheses,
            List<Bias> biases,
            List<Mode> modes) {
        return OneLine.of(
                DoubleCachingDocument.of(
                        new DoubleCachingResult(
                                "a machine",
                                100,
                                2,
                                observations,
                                effects,
                                hypotheses,
                                biases,
                                modes)));
    }

    private static String text(Mode... modes) {
        return text(List.of(), List.of(), List.of(), List.of(), List.of(modes));
    }

    @ParameterizedTest
    @CsvSource({
        "0.005, -0.1, 0.1, does nothing to faults: 0.0050",
        "0.02, -0.1, 0.1, changes faults: by 0.0200",
        "0.005, 0.001, 0.009, changes faults",
        "-0.005, -0.009, -0.001, changes faults"
    })
    void whatTheHostCacheDoesIsSaid(double effect, double lower, double upper, String said) {
        List<Effect> effects =
                List.of(
                        faults(Factorial.HOST, effect, lower, upper),
                        faults(Factorial.FRESH, 0.5, 0.4, 0.6));
        assertThat(text(List.of(), effects, List.of(), List.of(), List.of()))
                .contains(said, "fresh frames make 0.5000.");
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100, 'In each of 1 run there is one fault for each page', 100 pages of 100",
        "99, 100, 'In 1 of 1 run there are more or fewer faults', 100 pages of 100",
        "100, 90, 'In each of 1 run', 'is read for 90 pages, where 100 were in neither cache'"
    })
    void whetherFaultsAreFreshPagesIsSaid(long faults, long disk, String said, String read) {
        Observation one = new Observation(true, true, true, 100, faults, 100, disk, 5);
        List<Effect> effects =
                List.of(faults(Factorial.HOST, 0, 0, 0), faults(Factorial.FRESH, 0.5, 0.4, 0.6));
        assertThat(text(List.of(one), effects, List.of(), List.of(), List.of()))
                .contains(said, read);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, follow what is read from the disk is rejected, first time is not (p",
        "0.01, 0.0001, from the disk is not rejected, 'first time is rejected, too'"
    })
    void whichHypothesisIsRejectedIsSaid(double wrong, double right, String said, String other) {
        List<Hypothesis> both =
                List.of(
                        new Hypothesis(DoubleCachingDocument.FETCHES, -1, wrong),
                        new Hypothesis(DoubleCachingDocument.FRESH, 0, right));
        assertThat(text(List.of(), List.of(), both, List.of(), List.of())).contains(said, other);
    }

    @ParameterizedTest
    @CsvSource({"0.25, would have found 0.2500", "0, finds the same: 0.0000"})
    void whatOrderDoesIsSaid(double bias, String said) {
        List<Bias> biases = List.of(new Bias(Confounder.ONE_GUEST.label(), 0.5, bias, 0, bias));
        assertThat(text(List.of(), List.of(), List.of(), biases, List.of())).contains(said);
    }

    @Test
    void nothingIsSaidOfLaterPassesIfThereAreNone() {
        assertThat(text(mode("writeback", 10, 100, null, 10), mode("none", 0, 50, null, 300)))
                .contains("a first pass takes 0.50 times as long, one with a guest that has");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 'With none nothing is; a first pass takes 0.50 times as long, later ones 2.00 times,"
                + " one with a guest that has forgotten all 30.00 times.'",
        "2, 'With none it is 8 KiB at most; a first pass takes 0.50 times'"
    })
    void whatRemediesSaveAndCostIsSaid(long twice, String said) {
        assertThat(text(mode("writeback", 10, 100, 10L, 10), mode("none", twice, 50, 20L, 300)))
                .contains("With both caches 40 KiB is held twice", said);
    }
}
