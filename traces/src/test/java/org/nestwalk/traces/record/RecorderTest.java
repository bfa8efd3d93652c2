package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessCounts;
import org.nestwalk.traces.AccessInfo;
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

    @Test
    void followsAProgramThatAnotherOneExecutes() throws IOException {
        assumeQemu();
        Path script =
                executable(
                        "shim.sh",
                        "#!/bin/sh  -e \nX=1\nexec env A=b /bin/sh -c 'exit 9' \"a  b\" ''\n");
        Recording recording = record(List.of(script.toString()), Tool.QEMU, false, Long.MAX_VALUE);

        assertThat(recording.program()).containsExactly("/bin/sh", "-c", "exit 9", "a  b", "");
        assertThat(recording.exitStatus()).isEqualTo(9);
        assertThat(recording.children()).isEmpty();
        long alone = recording.accesses();
        try (TraceReader reader = Traces.open(output())) {
            assertThat(reader.info().program()).isEqualTo("/bin/sh");
            assertThat(reader.info().arguments()).containsExactly("-c", "exit 9", "a  b", "");
        }
        Recording direct = record(SHELL, Tool.QEMU, false, Long.MAX_VALUE);
        assertThat((double) alone / direct.accesses()).isBetween(0.8, 1.25);
    }

    @Test
    void followsAProgramThatAnotherOneExecutesUnderLackey() throws IOException {
        assumeLackey();
        Path script =
                executable(
                        "shim.sh",
                        "#!/bin/sh\n/bin/true\nexec env A=b /bin/sh -c 'exit 9' \"a  b\" ''\n");
        Recording recording = record(List.of(script.toString()), Tool.LACKEY, true, Long.MAX_VALUE);

        assertThat(recording.program()).containsExactly("/bin/sh", "-c", "exit 9", "a  b", "");
        assertThat(recording.exitStatus()).isEqualTo(9);
        assertThat(recording.children()).containsExactly("/bin/true");
        long alone = recording.accesses();
        Recording direct = record(SHELL, Tool.LACKEY, true, Long.MAX_VALUE);
        assertThat((double) alone / direct.accesses()).isBetween(0.8, 1.25);
    }

    @Test
    void followsAScriptThatAScriptExecutes() throws IOException {
        assumeQemu();
        Path inner = executable("inner.sh", "#!/bin/sh\nexit $#\n");
        Path outer = executable("outer.sh", "#!/bin/sh\nexec " + inner + " 1 2 3\n");
        Recording recording = record(List.of(outer.toString()), Tool.QEMU, false, Long.MAX_VALUE);

        assertThat(recording.exitStatus()).isEqualTo(3);
        assertThat(recording.program()).containsExactly("/bin/sh", inner.toString(), "1", "2", "3");
    }

    @Test
    void saysWhichChildrenAreNotRecorded() {
        assumeQemu();
        String script = "/bin/echo a >/dev/null; (:); env true; no-such-program 2>/dev/null; :";
        Recording recording =
                record(List.of("/bin/sh", "-c", script), Tool.QEMU, false, Long.MAX_VALUE);

        assertThat(recording.program()).startsWith("/bin/sh");
        assertThat(recording.children()).hasSizeBetween(3, 4).contains("/bin/echo", "");
        assertThat(recording.children()).anyMatch(name -> name.endsWith("/env"));
    }

    @Test
    void saysThatAProgramItCannotRunTookOver() throws IOException {
        assumeQemu();
        Path foreign = directory.resolve("foreign");
        Files.copy(Path.of("/bin/true"), foreign);
        Process chmod = new ProcessBuilder("chmod", "4755", foreign.toString()).start();
        assertThat(chmod.onExit().join().exitValue()).isZero();
        Recording recording =
                record(
                        List.of("/bin/sh", "-c", "exec " + foreign),
                        Tool.QEMU,
                        false,
                        Long.MAX_VALUE);

        assertThat(recording.left()).isEqualTo(foreign.toString());
        assertThat(recording.program()).startsWith("/bin/sh");
    }

    @Test
    void keepsMappingsAndTheLastAccessesOfAProgramThatASignalEnds() {
        assumeQemu();
        List<String> killed = List.of("/bin/sh", "-c", "kill -SEGV $$");
        Recording recording = record(killed, Tool.QEMU, false, Long.MAX_VALUE);

        assertThat(recording.exitStatus()).isEqualTo(128 + 11);
        try (TraceReader reader = Traces.open(output())) {
            assertThat(reader.info().note()).isNull();
            assertThat(reader.info().mappings())
                    .extracting(Mapping::name)
                    .anyMatch(n -> n.contains("libc"))
                    .contains("[heap]");
        }
    }

    @Test
    void countsMemoryThatIsMappedAgainAndAgain() throws IOException {
        assumeQemu();
        Path source =
                Files.writeString(
                        directory.resolve("again.c"),
                        """
                        #include <string.h>
                        #include <sys/mman.h>
                        int main(void)
                        {
                            for (int i = 0; i < 100; i++) {
                                char *p = mmap(0, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                                memset(p, 1, 1 << 20);
                                munmap(p, 1 << 20);
                            }
                            return 0;
                        }
                        """);
        Path program = directory.resolve("again");
        compile(source, program);
        Recording recording = record(List.of(program.toString()), Tool.QEMU, true, Long.MAX_VALUE);

        assertThat(recording.mapped() - recording.mappedAtMost()).isEqualTo(99L << 20);
        assertThat(recording.mappedAtMost()).isBetween(1L << 20, 2L << 20);
        try (TraceReader reader = Traces.open(output())) {
            assertThat(reader.info().mappings())
                    .filteredOn(Mapping::isUnmapped)
                    .anyMatch(m -> m.end() - m.start() >= 99 << 20);
        }
    }

    @Test
    void recordsMoreThreadsAtOnceThanThereAreSpareSlots() throws IOException {
        assumeQemu();
        Path source =
                Files.writeString(
                        directory.resolve("threads.c"),
                        """
                        #include <pthread.h>
                        enum { THREADS = 50 };
                        static pthread_barrier_t all;
                        static volatile char touched[THREADS + 1][4096];
                        static void *work(void *own)
                        {
                            for (int i = 0; i < 2; i++) {
                                for (int j = 0; j < 4096; j++) {
                                    ((volatile char *)own)[j]++;
                                }
                                pthread_barrier_wait(&all);
                            }
                            return 0;
                        }
                        int main(void)
                        {
                            pthread_t threads[THREADS];
                            pthread_barrier_init(&all, 0, THREADS + 1);
                            for (int i = 0; i < THREADS; i++) {
                                pthread_create(&threads[i], 0, work, (void *)touched[i]);
                            }
                            work((void *)touched[THREADS]);
                            for (int i = 0; i < THREADS; i++) {
                                pthread_join(threads[i], 0);
                            }
                            return 0;
                        }
                        """);
        Path program = directory.resolve("threads");
        compile(source, program);
        Recording recording = record(List.of(program.toString()), Tool.QEMU, true, Long.MAX_VALUE);

        assertThat(recording.exitStatus()).isZero();
        assertThat(recording.accesses()).isGreaterThan(51L * 2 * 2 * 4096);
        assertThat(Samples.all(Traces.open(output())))
                .extracting(one -> AccessInfo.thread(one.info()))
                .contains(0, 49, 50);
    }

    @Test
    void givesTheProgramTheUsersOwnLocale() {
        Map<String, String> environment = new HashMap<>();
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("NESTWALK_LC_ALL", "=POSIX");
        OriginalEnvironment.restore(environment);
        assertThat(environment).containsExactly(Map.entry("LC_ALL", "POSIX"));
        OriginalEnvironment.restore(environment);
        assertThat(environment).containsExactly(Map.entry("LC_ALL", "POSIX"));

        environment.put("NESTWALK_LC_ALL", "");
        OriginalEnvironment.restore(environment);
        assertThat(environment).isEmpty();
    }

    @Test
    void refusesArgumentsThatItCannotPassOn() {
        assertThatThrownBy(() -> record(List.of("/bin/sh", "sp\uFFFDr"), Tool.AUTO, false, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not text in this locale's encoding");
    }

    private Path executable(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private static void compile(Path source, Path program) throws IOException {
        Process cc =
                new ProcessBuilder("cc", "-O1", "-o", program.toString(), source.toString())
                        .inheritIO()
                        .start();
        assertThat(cc.onExit().join().exitValue()).isZero();
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
