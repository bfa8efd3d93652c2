package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.LACKEY;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// `--json` means the same in every command: a file, or `-` for standard output, and an object that
/// begins with its format and version.
class JsonTest {
    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run gups:accesses=1k,footprint=1MiB | nestwalk-run | runs",
                "run gups:accesses=1k,footprint=1MiB {lackey} --limit 1k | nestwalk-run | runs",
                "vm run gups:accesses=1k,footprint=1MiB --memory 64MiB | nestwalk-vm | tasks",
                "lab permissions | nestwalk-lab | result",
                "machines | nestwalk-machines | machines",
                "machines zen4 | nestwalk-machines | machines",
                "programs | nestwalk-programs | programs",
                "doctor | nestwalk-doctor | findings",
                "trace info {lackey} | nestwalk-trace | summary",
                "walk 0x1000 | nestwalk-walk | references"
            })
    void documentBeginsWithItsFormatAndVersion(String line, String format, String field)
            throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String argument : line.split(" ", -1)) {
            arguments.add(argument.replace("{lackey}", LACKEY));
        }
        Path file = folder.resolve("result.json");
        arguments.addAll(List.of("--json", "-"));
        Nestwalk.Result shown = run(arguments.toArray(String[]::new));
        assertThat(shown.json().has(field)).as(shown.out()).isTrue();
        assertThat(shown.out())
                .matches("(?s)\\{\n  \"format\" : \"" + format + "\",\n  \"version\" : \\d+,.*");
        arguments.set(arguments.size() - 1, file.toString());
        Nestwalk.Result written = run(arguments.toArray(String[]::new));
        assertThat(written.out()).doesNotStartWith("{").isNotBlank();
        assertThat(Files.readString(file)).startsWith("{\n  \"format\" : \"" + format + "\",");
    }

    @Test
    void everyCommandThatHasTheOptionTakesAFile() {
        assertThat(count(Main.commandLine())).isGreaterThanOrEqualTo(15);
    }

    private static int count(CommandLine command) {
        OptionSpec option = command.getCommandSpec().findOption("--json");
        if (option != null) {
            assertThat(option.paramLabel()).isEqualTo("FILE");
            assertThat(option.arity().min()).isEqualTo(1);
        }
        return (option == null ? 0 : 1)
                + command.getSubcommands().values().stream().mapToInt(JsonTest::count).sum();
    }
}
