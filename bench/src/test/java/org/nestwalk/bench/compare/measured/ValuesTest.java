package org.nestwalk.bench.compare.measured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;

final class ValuesTest {
    @Test
    void whatWasWrittenIsRead() {
        Values written = new Values().add("rate", 31.25, 30.5).add("rate", 29).count("walks", 7);
        Values read = Values.parse(written.text());
        assertThat(read.all("rate")).containsExactly(31.25, 30.5, 29);
        assertThat(read.one("walks")).isEqualTo(7);
    }

    @Test
    void linesThatAreNoValuesAreSkipped() {
        assertThat(Values.parse("WARNING: 3 things\n\nrate 1.0\n").one("rate")).isEqualTo(1);
    }

    @Test
    void aMissingValueIsNamed() {
        assertThatThrownBy(() -> Values.parse("rate 1.0\n").one("walks"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("walks");
    }
}
