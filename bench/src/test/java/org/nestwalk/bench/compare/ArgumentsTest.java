package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;

final class ArgumentsTest {
    @Test
    void withoutOptionsEveryPairIsMeasuredThreeTimesAndNothingChecked() {
        assertThat(Arguments.parse()).isEqualTo(new Arguments(false, false, 3, List.of()));
    }

    @Test
    void optionsMayComeInAnyOrderAndRowsTogetherOrApart() {
        assertThat(
                        Arguments.parse(
                                "--only",
                                "walks,start",
                                "--check",
                                "--rounds",
                                "12",
                                "--only",
                                "sweep"))
                .isEqualTo(new Arguments(false, true, 12, List.of("walks", "start", "sweep")));
    }

    @Test
    void anUnknownOptionIsNamedWithThoseThereAre() {
        assertThatThrownBy(() -> Arguments.parse("--chek"))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "there is no option '--chek'; options are --check, --rounds N, --only ROWS"
                                + " and --help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "three", "", "1001", "9999999999"})
    void roundsOutOfBoundsAreRefused(String rounds) {
        assertThatThrownBy(() -> Arguments.parse("--rounds", rounds))
                .isInstanceOf(InputException.class)
                .hasMessage("--rounds is from 1 to 1000, not '" + rounds + "'");
    }

    @Test
    void aMissingValueIsNoticed() {
        assertThatThrownBy(() -> Arguments.parse("--only"))
                .isInstanceOf(InputException.class)
                .hasMessage("--only needs a value");
    }
}
