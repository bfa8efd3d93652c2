package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.kvm.sys.MovablePages;

/// The host's kernel keeps to the protocol of invalidation (`designs/040`) while CPUs run.
class RunningStormTest {
    private static final int RUNS = Boolean.getBoolean("nestwalk.long") ? 1_000 : 10;
    private static final int MOVES = 40;

    @BeforeAll
    static void needsKvmAndPagesThatMove() {
        UsableKvm.isNeeded();
        assumeThatCode(() -> new MovablePages().close())
                .as("pages that move under userfaultfd (Linux 6.8)")
                .doesNotThrowAnyException();
    }

    @Test
    void aRunningGuestFindsWhatItStoredWhateverIsTakenFromIt() throws InterruptedException {
        long moves = 0;
        long faults = 0;
        try (Kvm kvm = Kvm.open()) {
            for (int seed = 0; seed < RUNS; seed++) {
                RunningStorm storm = new RunningStorm(seed, false, MOVES);
                assertThat(storm.run(kvm)).as("seed " + seed).isNull();
                moves += storm.moves();
                faults += storm.faults();
            }
        }
        assertThat(moves).isGreaterThanOrEqualTo((long) RUNS * MOVES);
        assertThat(faults).isGreaterThan(RUNS);
    }

    @Test
    void aPageThatIsCopiedBeforeItIsTakenAwayLosesStores() throws InterruptedException {
        String found = null;
        try (Kvm kvm = Kvm.open()) {
            for (int seed = 0; seed < 1_000 && found == null; seed++) {
                found = new RunningStorm(seed, true, MOVES).run(kvm);
            }
        }
        assertThat(found).contains("is not what it stored");
    }
}
