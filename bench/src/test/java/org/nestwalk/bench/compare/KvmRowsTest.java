package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class KvmRowsTest {
    @Test
    void itsRowsAreAGroup() {
        assertThat(Rows.select(List.of("kvm")).stream().map(Row::name))
                .containsExactly("kvm-replay", "kvm-exit", "kvm-fork", "kvm-migration");
    }

    @Test
    void absenceIsAtMostOneSentence() {
        assertThat(KvmPresence.absence()).doesNotContain("\n");
    }
}
