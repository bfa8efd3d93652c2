package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessCounts;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

@Timeout(120)
class RecorderTest {
    private static final List<String> SHELL = List.of("/bin/sh", "-c", "exit 7");

    @TempDir Path directory;

    @Test
    void recordsAProgramThroughQemu() {
        assumeQemu();
        Recording recording = record(SHELL, Tool.QEMU, false, Long.MAX_VALUE);

        assertThat(recording.exitStatus()).isEqualTo(7);
        assertThat(recording.stopped()).isFalse();
        assertThat(recording.recorder()).isEqualTo("qemu-x86_64");
        long[] counts = Samples.byKind(Samples.all(Traces.open(output())));
        assertThat(counts[Access.FETCH]).isGreaterThan(20_000);
        assertThat(counts[Access.LOAD]).isBetween(5_000L, counts[Access.FETCH]);
        assertThat(counts[Access.STORE]).isBetween(2_000L, counts[Access.LOAD]);
    }

    @Test
    void recordsAProgramThroughLackey() {
        assumeLackey();
        Recording recording = record(SHELL, Tool.LACKEY, false, Long.MAX_VALUE);

        assertThat(recording.exitStatus()).isEqualTo(7);
        long[] counts = Samples.byKind(Samples.all(Traces.open(output())));
        assertThat(counts[Access.FETCH]).isGreaterThan(20_000);
        assertThat(counts[Access.MODIFY]).isPositive();
    }

    @Test
    void notesTheProgramAndItsMappings() {
        assumeQemu();
        record(SHELL, Tool.QEMU, false, Long.MAX_VALUE);

        try (TraceReader reader = Traces.open(output())) {
            TraceInfo info = reader.info();
            assertThat(info.program()).isEqualTo("/bin/sh");
            assertThat(info.arguments()).containsExactly("-c", "exit 7");
            assertThat(info.architecture()).isEqualTo("x86_64");
            assertThat(info.mappings()).extracting(Mapping::name).anyMatch(n -> n.contains("libc"));
        }
    }

    @Test
    void stopsTheProgramAtTheLimit() {
        assumeQemu();
        List<String> endless = List.of("/bin/sh", "-c", "while :; do :; done");
        Recording recording = record(endless, Tool.QEMU, false, 500_000);

        assertThat(recording.stopped()).isTrue();
        assertThat(recording.accesses()).isEqualTo(500_000);
        assertThat(Samples.all(Traces.open(output()))).hasSize(500_000);
    }

    @Test
    void leavesOutFetchesWhenAsked() {
        assumeQemu();
        record(SHELL, Tool.QEMU, true, Long.MAX_VALUE);

        try (TraceReader reader = Traces.open(output())) {
            AccessCounts counts = Objects.requireNonNull(reader.info().counts());
            assertThat(counts.fetches()).isZero();
            assertThat(counts.loads()).isGreaterThan(5_000);
        }
    }

    @Test
    void saysThatThereIsNoSuchProgram() {
        assertThatThrownBy(() -> record(List.of("no-such-program-at-all"), Tool.AUTO, false, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no program 'no-such-program-at-all'");
    }

    private Recording record(List<String> command, Tool tool, boolean dataOnly, long limit) {
        return Recorder.record(
                new RecordRequest(command, output(), tool, dataOnly, limit), accesses -> {});
    }

    private Path output() {
        return directory.resolve("trace.nwt");
    }

    private static void assumeQemu() {
        assumeTrue(QemuLauncher.find(false) != null, "qemu-x86_64 and cc are not both installed");
        assumeTrue(Programs.isX8664(Path.of("/bin/sh")), "this is no x86_64 machine");
    }

    private static void assumeLackey() {
        assumeTrue(LackeyLauncher.find() != null, "valgrind is not installed");
    }
}
