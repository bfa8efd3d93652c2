package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.traces.TraceFormat;

/// What is added at one place and easily forgotten at another: documents and schemas name it.
class NamedInDocumentsTest {
    private static String file(String name) throws IOException {
        return Files.readString(Nestwalk.ROOT.resolve(name));
    }

    @ParameterizedTest
    @EnumSource(TraceFormat.class)
    void readmeHasARowForTheFormat(TraceFormat format) throws IOException {
        assertThat(file("README.md").lines())
                .anyMatch(line -> line.matches("\\| .*`" + format.label() + "`[^|]*\\|"));
    }

    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().entrySet().stream()
                .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void readmeHasARowForTheCommand(String name) throws IOException {
        assertThat(file("README.md").lines())
                .anyMatch(line -> line.startsWith("| `nestwalk " + name));
    }

    @Test
    void everyDesignHasANumberOfItsOwn() throws IOException {
        try (Stream<String> designs =
                Files.list(Nestwalk.ROOT.resolve("designs"))
                        .map(path -> path.getFileName().toString().substring(0, 3))) {
            assertThat(designs.toList()).doesNotHaveDuplicates();
        }
    }
}
