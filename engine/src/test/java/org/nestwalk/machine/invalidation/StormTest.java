package org.nestwalk.machine.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StormTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final int RUNS = LONG ? 1000 : 100;

    /// A storm that never ends fails; one that shares its processors does not.
    private static final Duration MOST = Duration.ofMinutes(LONG ? 20 : 2);

    private static final int STEPS = 3000;

    @Test
    void nothingStaleIsUsedWhateverThreadsDo() {
        assertTimeoutPreemptively(
                MOST,
                () -> {
                    for (int seed = 0; seed < RUNS; seed++) {
                        assertThat(run(Element.NONE, seed)).as("seed " + seed).isNull();
                    }
                });
    }

    @Timeout(120)
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
