package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

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
