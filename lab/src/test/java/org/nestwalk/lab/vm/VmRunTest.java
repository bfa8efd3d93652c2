package org.nestwalk.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;

/// What a run is asked, what it refuses, and what its clock says.
class VmRunTest {
    private static final String GUPS = "gups:footprint=2MiB,accesses=5k";
    private static final VmOptions OPTIONS = VmOptions.of(GUPS, 32L << 20);

    @Test
    void optionsOfALibraryHaveTheDefaultsOfTheDeclaration() {
        assertThat(OPTIONS)
                .isEqualTo(
                        VmParameters.options(
                                Arguments.of(
                                        VmParameters.all(),
                                        Map.of(
                                                "program",
                                                List.of(GUPS),
                                                "memory",
                                                List.of("32MiB"),
                                                "host-memory",
                                                List.of("48MiB")),
                                        name -> name)));
        assertThat(OPTIONS.run().quantum()).isEqualTo(16_384);
        assertThat(OPTIONS.overcommits()).isFalse();
    }

    static Stream<Object[]> beyondKvm() {
        return Stream.of(
                asked("mode", OPTIONS.withHost(host -> host.with(TranslationMode.SHADOW))),
                asked("mode", OPTIONS.withHost(host -> host.with(TranslationMode.NATIVE))),
                asked("hint", OPTIONS.withGuest(GuestOptions::withHint)),
                asked(
                        "fragmentation",
                        OPTIONS.withHost(host -> host.with(Fragmentation.parse("0.5:random")))),
                asked("backing", OPTIONS.withHost(host -> host.with(BackingChoice.KHUGEPAGED))),
                asked("backing", OPTIONS.withHost(host -> host.with(BackingChoice.MISALIGNED))),
                asked(
                        "protection",
                        OPTIONS.with(
                                new EncryptionOptions(
                                        MemoryEncryption.FREE, Protection.ENCRYPTED))));
    }

    private static Object[] asked(String parameter, VmOptions options) {
        return new Object[] {parameter, options};
    }

    @ParameterizedTest
    @MethodSource("beyondKvm")
    void whatKvmCannotDoIsNamedBeforeItIsOpened(String parameter, VmOptions options) {
        assertThatThrownBy(() -> VmRun.onKvm(options, OptionalInt.empty()))
                .isInstanceOfSatisfying(
                        InputException.class,
                        refused -> assertThat(refused.parameter()).isEqualTo(parameter))
                .hasMessageContaining("for the simulated machine");
    }

    @Test
    void aCpusClockIsItsCyclesAtTheProcessorsFrequency() {
        ProcessorModel model = TestMachines.plain();
        VmResult result = VmRun.simulated(OPTIONS, model).run(ProgressListener.NONE);
        assertThat(result.onlySimulated().background().cycles()).isZero();
        assertThat(result.time().nanoseconds())
                .isEqualTo((long) (result.cycles() / model.costs().frequencyGHz()));
        assertThat(result.timeline().getLast().nanoseconds())
                .isEqualTo(result.time().nanoseconds());
    }

    @Test
    void costsAreThoseOfTheRun() {
        ProcessorModel model = TestMachines.plain();
        assertThat(VmRun.simulated(OPTIONS, model).run(ProgressListener.NONE).onlySimulated())
                .extracting(VmResult.Simulated::costs)
                .isEqualTo(SoftwareCosts.assumed(model.costs().exitCycles()));
    }

    @Test
    void aRunMayBeClosedUnrunAndTwice() {
        VmRun run = VmRun.simulated(OPTIONS, TestMachines.plain());
        run.close();
        run.close();
        assertThat(run).isNotNull();
    }
}
