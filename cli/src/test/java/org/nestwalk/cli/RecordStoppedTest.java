package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A recording that is stopped before there is anything of it.
class RecordStoppedTest {
    private static final Path CC = Path.of("/usr/bin/cc");

    @TempDir private Path folder = Path.of("");

    @Test
    void whatIsStoppedBeforeTheProgramBeginsLeavesNoFileAndSaysSo() throws Exception {
        assumeTrue(Files.isExecutable(CC) && Files.isExecutable(Path.of("/usr/bin/qemu-x86_64")));
        Path compiling = folder.resolve("compiling");
        slowCompiler(compiling);
        Process record = record();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(compiling) && record.isAlive() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }

        record.destroy();

        assertThat(record.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("err"))
                .content()
                .isEqualTo(
                        "nestwalk: nothing was recorded: it was stopped before the program accessed"
                                + " memory\n");
        assertThat(folder.resolve("a.nwt")).doesNotExist();
        assertThat(record.exitValue()).isEqualTo(128 + 15);
    }

    /// A compiler that says when it begins, and takes its time.
    private void slowCompiler(Path compiling) throws IOException {
        Path cc = folder.resolve("cc");
        Files.writeString(
                cc, "#!/bin/sh\n: >%s\nsleep 0.5\nexec %s \"$@\"\n".formatted(compiling, CC));
        Files.setPosixFilePermissions(cc, PosixFilePermissions.fromString("rwx------"));
    }

    private Process record() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        "org.nestwalk.cli.Main",
                        "record",
                        "--tool",
                        "qemu",
                        "--output",
                        folder.resolve("a.nwt").toString(),
                        "--",
                        "/bin/true");
        builder.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
        return builder.redirectError(folder.resolve("err").toFile()).start();
    }
}
