package org.nestwalk.lab.labs.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.layout.LayoutResult.CacheAttack;
import org.nestwalk.lab.labs.layout.LayoutResult.Cost;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.labs.layout.LayoutResult.Race;
import org.nestwalk.lab.labs.layout.LayoutResult.WalkAttack;

/// Sentences about planted figures: each turns when the figures do.
class LayoutDocumentTest {
    private static Placement placement(String layout, double information, double correlation) {
        return new Placement(layout, 9, 3, 5, 5, 5, information, 0, 0.5, correlation);
    }

    private static CacheAttack attack(String layout, int found, double slowdown) {
        return new CacheAttack(layout, 7, 8, found, 100, 1_000, 1_000, slowdown, 10);
    }

    private static String text(
            List<Placement> placements,
            List<CacheAttack> attacks,
            List<Race> races,
            List<WalkAttack> walks,
            List<Cost> costs,
            boolean kept) {
        return OneLine.of(
                LayoutDocument.of(
                        new LayoutResult(
                                "a machine",
                                100,
                                8,
                                16,
                                2,
                                null,
                                placements,
                                attacks,
                                races,
                                walks,
                                costs,
                                kept)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | Scattered (4K), guest-physical addresses say 0.0000 of 5 bits",
                "0.02 | 0 | guest-physical addresses still say 0.0200 of 5 bits",
                "0 | 0.02 | guest-physical addresses still say 0.0000 of 5 bits",
                "0 | -0.02 | guest-physical addresses still say 0.0000 of 5 bits"
            })
    void whatIsHiddenIsJudged(double information, double correlation, String said) {
        assertThat(
                        text(
                                List.of(
                                        placement(LayoutExperiment.PLAIN, 5, 1),
                                        placement("4K", information, correlation)),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                true))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8 | 11 | with granules of 4K, as predicted (10); 8 of 8 attempts find one.",
                "8 | 20 | where 10 times were predicted; 8 of 8 attempts find one.",
                "0 | 10 | None of 8 attempts to build an eviction set with granules of 4K ends"
            })
    void evictionSetsAreJudged(int found, double slowdown, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(
                                        attack(LayoutExperiment.PLAIN, 8, 1),
                                        attack("4K", found, slowdown)),
                                List.of(),
                                List.of(),
                                List.of(),
                                true))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8 | 0 | Memory that moves every 500 accesses (0.50 of what an attempt takes) lets"
                        + " none of 4 attempts end well",
                "8 | 1 | No period here lets no attempt end well; move more often.",
                "0 | 0 | with granules of 4K ends well. What"
            })
    void movingMemoryIsJudged(int unmoved, int moved, String said) {
        String text =
                text(
                        List.of(),
                        List.of(attack(LayoutExperiment.PLAIN, 8, 1), attack("4K", unmoved, 10)),
                        List.of(new Race("4K", 500, 0.5, 4, moved, 1_000, 0.9)),
                        List.of(),
                        List.of(),
                        false);
        assertThat(text + " What").contains(unmoved > 0 ? said : "A program loads something wrong");
        assertThat(text.contains("Memory that moves every")).isEqualTo(unmoved > 0 && moved == 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "36 | No layout stops the attack on page tables: 100 %",
                "18 | The attack on page tables finds 50 % of the bits"
            })
    void attacksOnPageTablesAreJudged(int found, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(new WalkAttack("4K", 1, 36, found, 1_000)),
                                List.of(),
                                true))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | granules of 4K cost 2.00 times the cycles, and granules of 2M 1.00 times",
                "100 | Granules of 4K cost a guest of 2M pages nothing: 1.00 times"
            })
    void costsAreJudged(double cycles, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(
                                        new Cost(LayoutExperiment.PLAIN, "2M", 1, 15, 1, 100),
                                        new Cost("4K", "2M", 1, 19, 1, cycles),
                                        new Cost("2M", "2M", 1, 15, 1, 100)),
                                true))
                .contains(said);
    }
}
