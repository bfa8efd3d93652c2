package org.nestwalk.lab.labs.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.channel.defence.Defence.Kind;

/// Sentences about planted figures: each turns when the figures do.
class ChannelDocumentTest {
    private static final double HIDDEN = -1;

    private final List<DefenceRow> rows = new ArrayList<>();
    private double factor = 3.9;

    /// A defence that leaves so many samples to average for page size and region, to the hypervisor
    /// and then to the process; single measurements tell what averages of up to 100 do.
    private ChannelDocumentTest with(Kind kind, double slowdown, double... samples) {
        List<DefenceRow.Left> left = new ArrayList<>();
        for (ThreatModel threat : ThreatModel.values()) {
            for (Secret secret : Secret.values()) {
                double count = samples[left.size()];
                left.add(
                        new DefenceRow.Left(
                                threat.label(),
                                secret.label(),
                                0.1,
                                count > 0 && count <= 100 ? 0.01 : 0.5,
                                count));
            }
        }
        rows.add(new DefenceRow(kind.name(), kind, left, List.of(slowdown)));
        return this;
    }

    private String text() {
        ChannelOptions options = new ChannelOptions(List.of("gups"), 1_000, 1, 1, 1, 1);
        return OneLine.of(
                ChannelDocument.of(
                        new SimulatedResult(
                                "a machine",
                                options,
                                List.of(),
                                List.of(),
                                25,
                                List.of(new AveragingAttack.Point(1, 10, 5, 0.5, 1, 9, true)),
                                new Doubling(2, 86.6, 88, 88 * factor, factor),
                                rows)));
    }

    @Test
    void ditheringThatMakesAveragesDearerIsNotSaidToDefeatTheTimer() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        with(Kind.TIMER, 1, 51, 3_065, 30_773, 793);
        with(Kind.DITHERED_TIMER, 1, 183, 12_662, 88_463, 187);
        assertThat(text())
                .contains("dearer in 3 cells (51 to 183, 3,065 to 12,662, 30,773 to 88,463")
                .contains("cheaper in 1 (793 to 187)");
    }

    @Test
    void ditheringThatMakesAveragesCheaperIsSaidTo() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        with(Kind.TIMER, 1, 500, HIDDEN, 600, 700);
        with(Kind.DITHERED_TIMER, 1, 100, 200, 300, 400);
        assertThat(text())
                .contains(
                        "undoes it: averages become cheaper (500 to 100, more than there are to"
                                + " 200,")
                .contains(
                        "single measurements tell nothing in 4 cells, and averages something in 3");
    }

    @Test
    void whatADefenceHidesIsSaidForEachAttacker() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        with(Kind.FLUSH, 1, 10, HIDDEN, 30, 14_516);
        assertThat(text())
                .contains(
                        "'FLUSH' does not hide regions from both attackers: it hides regions from"
                                + " the")
                .contains("hypervisor, and leaves page sizes to the hypervisor (10 samples)")
                .contains("regions to the process (14,516 samples), at no price")
                .contains("Of 2 defences none hides both secrets from both attackers.");
    }

    @Test
    void aDefenceThatHidesAllIsNamedWithItsPrice() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        with(Kind.PADDING, 6.6, HIDDEN, HIDDEN, HIDDEN, HIDDEN);
        assertThat(text())
                .contains("'PADDING' hides both secrets from both attackers, at up to 6.60 times a")
                .contains("hidden from both attackers by: PADDING.");
    }

    @Test
    void aDefenceThatHidesNothingIsSaidTo() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        with(Kind.SMALL_PAGES, 1.7, 10, 20, 30, 40);
        assertThat(text()).contains("'SMALL_PAGES' hides nothing, and leaves page sizes");
    }

    @Test
    void delaysAreJudgedByTheSamplesTheyCost() {
        with(Kind.NONE, 1, 10, 20, 30, HIDDEN);
        with(Kind.DELAY, 2.8, 20, 40, 90, HIDDEN);
        assertThat(text())
                .contains("leave every secret to whoever averages 2.0 to 3.0 times as many");
        with(Kind.DELAY, 3, HIDDEN, 40, 90, HIDDEN);
        assertThat(text()).contains("Random delays hide 1 of 6 cells from averages");
    }

    @Test
    void noiseThatDoesNotQuadrupleSamplesIsSaidNotTo() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        assertThat(text()).contains("Noise only sets the price: twice the noise takes 3.90 times");
        factor = 2;
        assertThat(text()).contains("takes 2.00 times the samples, not 4 as");
    }

    @Test
    void flushingThatHidesRegionsFromAllIsSaidTo() {
        with(Kind.NONE, 1, 10, 20, 30, 40);
        with(Kind.FLUSH, 1.2, 10, HIDDEN, 30, HIDDEN);
        assertThat(text()).contains("'FLUSH' hides regions from both attackers, and leaves page");
    }

    @Test
    void nothingIsSaidOfWhatWasNotFinished() {
        SimulatedResult result =
                new SimulatedResult(
                        "a machine",
                        new ChannelOptions(List.of("gups"), 1_000, 1, 1, 1, 1),
                        List.of(),
                        List.of(),
                        25,
                        List.of(),
                        null,
                        List.of());
        assertThat(ChannelDocument.of(result).claims()).isEmpty();
    }
}
