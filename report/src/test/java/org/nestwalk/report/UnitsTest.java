package org.nestwalk.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What schemas say of figures, by the fields that lead to them.
class UnitsTest {
    private final Units run = Units.ofExperiment("run");
    private final Units fork = Units.ofExperiment("fork");

    @Test
    void cyclesAreAUnit() {
        assertThat(run.name("walkCycles")).isEqualTo("cycles");
        assertThat(run.name("pageTableBytes")).isEqualTo("bytes");
        assertThat(run.name("walks")).isEmpty();
    }

    @Test
    void aStatisticHasTheUnitOfWhatItIsOf() {
        assertThat(fork.name("creating median")).isEqualTo("ns");
        assertThat(fork.name("creating count")).isEmpty();
        assertThat(fork.meaningOf("creating p90"))
                .startsWith("nanoseconds until a child exists")
                .endsWith("; 90 % are");
    }

    @Test
    void aTallySaysWhatItCounts() {
        assertThat(run.isTally("walkStarts")).isTrue();
        assertThat(run.meaningOf("walkStarts PDE")).startsWith("walks by the guest");
    }

    @Test
    void meaningsArePlainText() {
        assertThat(run.meaning("touched")).contains("than FootprintMap keeps");
        assertThat(run.meaning("coldCycles")).isEqualTo("of walkCycles, cycles of these");
    }
}
