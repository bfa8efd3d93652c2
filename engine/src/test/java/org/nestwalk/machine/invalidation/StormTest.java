package org.nestwalk.machine.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class StormTest {
    private static final int RUNS = Boolean.getBoolean("nestwalk.long") ? 1000 : 100;
    private static final int STEPS = 3000;

    @Test
    void nothingStaleIsUsedWhateverThreadsDo() throws InterruptedException {
        for (int seed = 0; seed < RUNS; seed++) {
            assertThat(new Storm(Element.NONE, seed, STEPS).run()).as("seed " + seed).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void withoutAnElementSomethingStaleIsUsed(Element missing) throws InterruptedException {
        String found = null;
        for (int seed = 0; seed < 1000 && found == null; seed++) {
            found = run(missing, seed);
        }
        assertThat(found).as("a storm without " + missing).isNotNull();
    }

    private static @Nullable String run(Element missing, int seed) throws InterruptedException {
        return new Storm(missing, seed, STEPS).run();
    }
}
