package org.nestwalk.lab.migration.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.migration.MoveExperiment;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.parameter.Arguments;

/// Guests that move within this process, and are ended at any time.
@Timeout(60)
class LoopbackMoveTest {
    /// Still runs when it is its turn to move, however late the other thread comes.
    private static final String SHORT = "zipf:footprint=1MiB,accesses=2M";

    private static final String ENDLESS = "gups:footprint=4MiB,accesses=100G";

    private static Arguments arguments(String program, String machine, String policy) {
        return arguments(program, machine, policy, "5k");
    }

    private static Arguments arguments(
            String program, String machine, String policy, String after) {
        return Arguments.of(
                new MoveExperiment().spec().all(),
                Map.of(
                        "program", List.of(program),
                        "on", List.of(machine),
                        "policy", List.of(policy),
                        "after", List.of(after),
                        "memory", List.of("16MiB")),
                name -> "--" + name);
    }

    /// Ends it when `phase` begins.
    private static ProgressListener until(String phase) {
        return event -> !event.phase().startsWith(phase);
    }

    private static void assumeThere(String machine) {
        Path device = Path.of("/dev/kvm");
        assumeTrue(
                machine.equals("sim") || Files.isReadable(device) && Files.isWritable(device),
                "this host has no KVM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "kvm"})
    void guestMovesAndEndsOverThereWithTheRightChecksum(String machine) {
        assumeThere(machine);
        AtomicInteger steps = new AtomicInteger();
        Consumer<MigrationProgress> watching = _ -> steps.incrementAndGet();
        LoopbackMove.Sides sides =
                LoopbackMove.run(
                        arguments(SHORT, machine, "fixed-rounds:rounds=2"),
                        ProgressListener.NONE,
                        watching);
        assertThat(sides.source().fate()).isEqualTo(MoveResult.Fate.MOVED);
        assertThat(sides.target().programs()).hasSize(1);
        assertThat(sides.isFlawless()).isTrue();
        assertThat(sides.ended()).isFalse();
        assertThat(steps.get()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "kvm"})
    void guestThatIsEndedAsItMovesStaysAndIsNotRunToItsEnd(String machine) {
        assumeThere(machine);
        assumeTrue(
                machine.equals("sim") || Boolean.getBoolean("nestwalk.long"),
                "long: run with -Dnestwalk.long=true");
        LoopbackMove.Sides sides =
                LoopbackMove.run(
                        arguments(ENDLESS, machine, "downtime-limit:downtime=0.001"),
                        until("moved"),
                        _ -> {});
        assertThat(sides.source().fate()).isEqualTo(MoveResult.Fate.STAYED);
        assertThat(sides.source().programs()).isEmpty();
        assertThat(sides.target().fate()).isEqualTo(ArrivalResult.Fate.NOT_ARRIVED);
        assertThat(sides.ended()).isTrue();
    }

    @Test
    void guestThatIsEndedAfterItsMoveEndsOverThere() {
        LoopbackMove.Sides sides =
                LoopbackMove.run(
                        arguments(ENDLESS, "sim", "stop-and-copy"),
                        until("ran at the target"),
                        _ -> {});
        assertThat(sides.source().fate()).isEqualTo(MoveResult.Fate.MOVED);
        assertThat(sides.target().fate()).isEqualTo(ArrivalResult.Fate.ARRIVED);
        assertThat(sides.target().programs()).isEmpty();
        assertThat(sides.ended()).isTrue();
    }

    @Test
    void guestThatIsEndedBeforeItsMoveLeavesNothing() {
        assertThatThrownBy(() ->
                        LoopbackMove.run(
                                arguments(ENDLESS, "sim", "stop-and-copy"),
                                until("ran at the source"),
                                _ -> {}))
                .isInstanceOf(EndedEarly.class);
    }

    @Test
    void programHasADefault() {
        Arguments nothing = Arguments.defaults(new MoveExperiment().spec().all());
        assertThatThrownBy(() -> LoopbackMove.run(nothing, until("ran at the source"), _ -> {}))
                .isInstanceOf(EndedEarly.class);
    }

    @Test
    void programThatFindsNoMemoryBeforeItsMoveIsRefusedForThat() {
        assertThatThrownBy(() ->
                        LoopbackMove.run(
                                arguments(
                                        "gups:footprint=64MiB,accesses=1M",
                                        "sim",
                                        "stop-and-copy",
                                        "100k"),
                                ProgressListener.NONE,
                                _ -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("before it could move: ");
    }

    @Test
    void programThatEndsBeforeItsMoveIsRefused() {
        assertThatThrownBy(() ->
                        LoopbackMove.run(
                                arguments(
                                        "gups:footprint=1MiB,accesses=1k", "sim", "stop-and-copy"),
                                ProgressListener.NONE,
                                _ -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nothing left");
    }
}
