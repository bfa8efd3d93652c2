package org.nestwalk.lab.calibrate;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.lab.progress.ProgressListener;

class CalibrationTest {
    private static final CalibrationOptions SMALL =
            new CalibrationOptions(4 << 20, 1, true, new Sampler.Limits(1, 1, 0));

    private static Optional<CalibrationResult> run(ProgressListener listener) {
        return Calibration.run(Host.running(), SMALL, "a day", listener);
    }

    @Test
    void everyPointOfAMeasuredCurveIsSimulated() {
        CalibrationResult result = run(ProgressListener.NONE).orElseThrow();
        assertThat(result.rounds()).isEqualTo(1);
        assertThat(result.curves())
                .isNotEmpty()
                .allSatisfy(curve -> {
                    assertThat(curve.simulated()).isEqualTo(curve.points().size());
                    assertThat(curve.points())
                            .allSatisfy(point ->
                                    assertThat(point.measured().nanoseconds()).isPositive());
                });
    }

    @Test
    void endingEarlyLeavesNothingBehindAndGivesNothing() {
        int files = FileDescriptor.open();
        int mappings = MappedMemory.open();
        assertThat(run(event -> event.phase().equals("prepared"))).isEmpty();
        assertThat(run(_ -> false)).isEmpty();
        assertThat(FileDescriptor.open()).isEqualTo(files);
        assertThat(MappedMemory.open()).isEqualTo(mappings);
    }

    @Test
    void endingAfterMeasuringLeavesTheRestUnsimulated() {
        CalibrationResult result = run(event -> !event.phase().equals("simulated")).orElseThrow();
        assertThat(result.curves()).allSatisfy(curve -> assertThat(curve.simulated()).isZero());
        assertThat(result.machine()).contains("name: calibrated");
    }

    /// Natively only: then there is one kind of memory.
    @Test
    void hostWithoutLargePagesIsCalibratedWithSmallOnes() throws Throwable {
        CalibrationOptions noGuest =
                new CalibrationOptions(4 << 20, 1, false, new Sampler.Limits(1, 1, 0));
        allowLargePages(false);
        try {
            CalibrationResult result =
                    Calibration.run(Host.running(), noGuest, "a day", ProgressListener.NONE)
                            .orElseThrow();
            assertThat(result.missing())
                    .anySatisfy(sentence ->
                            assertThat(sentence)
                                    .startsWith("No curves with 2M pages: the host backs only 0"));
            assertThat(result.machine()).contains("name: calibrated");
        } finally {
            allowLargePages(true);
        }
    }

    /// By prctl(2), of this process.
    @SuppressWarnings("restricted")
    private static void allowLargePages(boolean allowed) throws Throwable {
        Linker linker = Linker.nativeLinker();
        int disable = 41;
        int result =
                (int)
                        linker.downcallHandle(
                                        linker.defaultLookup().find("prctl").orElseThrow(),
                                        FunctionDescriptor.of(
                                                JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                                JAVA_LONG),
                                        Linker.Option.firstVariadicArg(1))
                                .invokeExact(disable, allowed ? 0L : 1L, 0L, 0L, 0L);
        assertThat(result).isZero();
    }

    @Test
    void missingKvmIsSaidInOneSentence() {
        Host host = Host.running();
        Host without =
                new Host(
                        host.sys().resolve("no-such-device"),
                        host.sys(),
                        host.proc(),
                        host.path(),
                        host.kernel(),
                        host.javaVersion());
        CalibrationResult result =
                Calibration.run(without, SMALL, "a day", ProgressListener.NONE).orElseThrow();
        assertThat(result.missing())
                .anySatisfy(sentence ->
                        assertThat(sentence).startsWith("No curves in a guest: this host has no "));
    }
}
