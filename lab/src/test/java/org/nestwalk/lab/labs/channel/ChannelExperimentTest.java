package org.nestwalk.lab.labs.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.parameter.Arguments;

class ChannelExperimentTest {
    private static final String PROGRAM = "gups:footprint=16MiB,accesses=5k";
    private static final long OF_PROGRAMS = 3 * 1_000;
    private static final ChannelExperiment EXPERIMENT = new ChannelExperiment();

    private static ChannelResult run(Laboratory laboratory, List<String> programs) {
        return EXPERIMENT.run(
                laboratory,
                Arguments.of(
                        EXPERIMENT.spec().all(),
                        Map.of("program", programs, "accesses", List.of("1k")),
                        UnaryOperator.identity()));
    }

    /// Ended in the first attack, which is finished.
    @Test
    void interruptedRunSaysWhatWasFinished() {
        ChannelResult result =
                run(Laboratory.watchedBy(event -> event.done() <= OF_PROGRAMS), List.of(PROGRAM));
        SimulatedResult simulated = Objects.requireNonNull(result.simulated());
        assertThat(simulated.single()).hasSize(Secret.values().length);
        assertThat(simulated.defences()).isEmpty();
        assertThat(OneLine.of(EXPERIMENT.document(result)))
                .contains("Single measurements", "malicious hypervisor")
                .doesNotContain("Defences", "What to conclude");
    }

    @Test
    void runThatIsEndedAtOnceHasNoResult() {
        Laboratory impatient = Laboratory.watchedBy(event -> false);
        assertThatThrownBy(() -> run(impatient, List.of(PROGRAM))).isInstanceOf(EndedEarly.class);
    }

    @Test
    void nineProgramsAreTooMany() {
        assertThatThrownBy(() -> run(Laboratory.unwatched(), Collections.nCopies(9, PROGRAM)))
                .isInstanceOf(InputException.class)
                .hasMessage("program: 9 are given; use 1 to 8");
    }
}
