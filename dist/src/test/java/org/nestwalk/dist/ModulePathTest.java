package org.nestwalk.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The jars on the module path: three modules that say what they export, and automatic ones.
class ModulePathTest {
    private static final Path TARGET =
            Path.of(System.getProperty("nestwalk.root", "..")).resolve("cli/target");

    private static String java(String... arguments) throws Exception {
        List<String> command =
                Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-p",
                                        TARGET.resolve("nestwalk.jar")
                                                + ":"
                                                + TARGET.resolve("lib")),
                                Stream.of(arguments))
                        .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void commandsRunOfModules() throws Exception {
        assertThat(
                        java(
                                "--add-modules",
                                "ALL-MODULE-PATH",
                                "-m",
                                "org.nestwalk.cli/org.nestwalk.cli.Main",
                                "run",
                                "gups:footprint=16MiB,accesses=2k",
                                "--setups",
                                "native:4K,agile:4K"))
                .contains("agile:4K");
    }
}
