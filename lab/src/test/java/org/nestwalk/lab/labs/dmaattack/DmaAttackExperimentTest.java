package org.nestwalk.lab.labs.dmaattack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Mode;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Order;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Other;
import org.nestwalk.parameter.Arguments;

/// Nothing under strict, the window under deferred, everything under identity; and sentences that
/// turn with planted figures.
class DmaAttackExperimentTest {
    @Test
    void whatIsGotIsWhatTheProtectionLeaves() {
        DmaAttackExperiment experiment = new DmaAttackExperiment();
        DmaAttackResult result =
                experiment.run(
                        Laboratory.unwatched(),
                        Arguments.of(
                                experiment.spec().all(),
                                Map.of("secrets", List.of("150"), "seed", List.of("9")),
                                name -> name));
        assertThat(result.modes())
                .containsExactly(
                        new Mode("strict", 0, 0, 0, 150, 0),
                        new Mode("deferred", 0, 150, 0, 150, 150),
                        new Mode("optimistic", 0, 150, 0, 150, 150),
                        new Mode("shadow buffers", 0, 0, 0, 0, 0),
                        new Mode("identity", 150, 150, 150, 150, 150));
        assertThat(result.others()).extracting(Other::got).containsExactly(0L, 0L, 0L, 150L);
        assertThat(result.orders())
                .extracting(Order::found)
                .containsExactly(false, true, true, true, true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "strict | 0 | 0 | 0 | Strict gives the device nothing",
                "strict | 0 | 2 | 0 | Strict gives the device 2 secrets",
                "deferred | 0 | 9 | 0 | the window: 9 buffers at once, and none 20 ms",
                "deferred | 0 | 9 | 1 | 9 buffers at once, and 1 secret later",
                "identity | 10 | 9 | 9 | Identity gives the device everything.",
                "identity | 3 | 9 | 9 | Identity gives the device 3 of 10 secrets"
            })
    void protectionIsJudged(String mode, long never, long atOnce, long later, String said) {
        assertThat(text(List.of(new Mode(mode, never, atOnce, later, 0, 0)), List.of(), List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | false | true | with a device gets nothing of another",
                "2 | false | true | gets 2 secrets of another",
                "0 | false | true | finds 1 of 1 wrong orders of unmapping, and nothing in the",
                "0 | false | false | finds 0 of 1 wrong orders of unmapping in so few",
                "0 | true | true | in so few unmaps"
            })
    void guestsAndOrdersAreJudged(long got, boolean right, boolean wrong, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(new Other("guest with a device", 10, got)),
                                List.of(
                                        new Order("right", 5, right, ""),
                                        new Order("no wait", 5, wrong, "history"))))
                .contains(said);
    }

    @Test
    void onlyCopiesKeepWhatIsBesideABuffer() {
        Mode strict = new Mode("strict", 0, 0, 0, 7, 0);
        assertThat(
                        text(
                                List.of(strict, new Mode("shadow buffers", 0, 0, 0, 0, 0)),
                                List.of(),
                                List.of()))
                .contains("only shadow buffers, which are copies, keep it");
        assertThat(
                        text(
                                List.of(strict, new Mode("shadow buffers", 0, 0, 0, 3, 0)),
                                List.of(),
                                List.of()))
                .contains("7 secrets under strict and 3 with shadow buffers");
    }

    private static String text(List<Mode> modes, List<Other> others, List<Order> orders) {
        return OneLine.of(
                DmaAttackDocument.of(new DmaAttackResult("a machine", 10, modes, others, orders)));
    }
}
