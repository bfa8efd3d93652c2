package org.nestwalk.lab.labs.largepages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.largepages.LargePagesResult.Combination;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class LargePagesExperimentTest {
    private static final long ENTRIES = 1536;
    private static final ProcessorModel MACHINE =
            TestMachines.of(SecondLevelFormat.EPT_AD, TestMachines.GUEST_CACHES, List.of(), null);
    private static final LargePagesResult RESULT =
            run("gups:footprint=32MiB,accesses=300k", Laboratory.unwatched());
    private static final List<Combination> COMBINATIONS = RESULT.combinations();

    private static LargePagesResult run(String program, Laboratory laboratory) {
        return LargePagesExperiment.run(laboratory, MACHINE, program);
    }

    @Test
    void coldWalksHaveTheReferencesOfBothDimensions() {
        assertThat(COMBINATIONS)
                .extracting(Combination::coldReferences)
                .containsExactly(24.0, 19.0, 19.0, 15.0, 19.0);
    }

    @Test
    void onlyLargeOnLargeExtendsTheReachOfTheTlb() {
        long small = ENTRIES << 12;
        assertThat(COMBINATIONS)
                .extracting(Combination::reachBytes)
                .containsExactly(small, small, small, ENTRIES << 21, small);
    }

    @Test
    void onlyLargeGuestPagesOnSmallHostPagesAreSplintered() {
        assertThat(COMBINATIONS)
                .extracting(cell -> cell.splinteredFills() > 0)
                .containsExactly(false, false, true, false, true);
    }

    @Test
    void misalignedLargePagesTranslateLikeSmallOnes() {
        Combination small = COMBINATIONS.get(2);
        Combination misaligned = COMBINATIONS.get(4);
        assertThat(misaligned.walks()).isEqualTo(small.walks());
        assertThat(misaligned.splinteredFills()).isEqualTo(small.splinteredFills());
        assertThat(misaligned.exits()).isLessThan(small.exits());
    }

    @Test
    void effectsThatAreExpectedShowAndOneThatFailsIsSaidTo() {
        assertThat(claims(RESULT))
                .containsEntry("in-step-pays-most", true)
                .containsEntry("reach-grows-in-step", true);
        // Zeroing 2 MiB for a few pages costs more than a TLB that reaches them anyway can win.
        assertThat(claims(run("gups:footprint=64KiB,accesses=20k", Laboratory.unwatched())))
                .containsEntry("in-step-pays-most", false)
                .containsEntry("reach-grows-in-step", true);
    }

    private static Map<String, Boolean> claims(LargePagesResult result) {
        return new LargePagesExperiment()
                .document(result).claims().stream()
                        .filter(Claim::isExpectation)
                        .collect(Collectors.toMap(Claim::name, Claim::held));
    }

    @Test
    void aRunThatIsEndedHasTheRowsThatWereFinished() {
        AtomicLong seen = new AtomicLong();
        Laboratory laboratory =
                Laboratory.watchedBy(event -> seen.addAndGet(event.done() > 650_000 ? 1 : 0) == 0);
        LargePagesResult result = run("gups:footprint=32MiB,accesses=300k", laboratory);
        assertThat(laboratory.isEnded()).isTrue();
        assertThat(result.combinations()).isEqualTo(COMBINATIONS.subList(0, 2));
    }

    @Test
    void aRunThatIsEndedAtOnceHasNothingToSay() {
        assertThatThrownBy(() ->
                        run(
                                "gups:footprint=32MiB,accesses=300k",
                                Laboratory.watchedBy(event -> false)))
                .isInstanceOf(EndedEarly.class);
    }
}
