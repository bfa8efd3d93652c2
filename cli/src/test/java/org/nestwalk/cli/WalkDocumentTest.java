package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands of documents run, and print what the document says they do.
class WalkDocumentTest {
    private static final Pattern SHELL =
            Pattern.compile("(?s)```sh\n(.*?)```(?:\n\n```text\n\\.\\.\\.\n(.*?)```)?");

    @ParameterizedTest
    @ValueSource(strings = {"walk.md", "machines.md", "conformance.md"})
    void everyCommandRunsAndPrintsWhatIsShown(String document) throws IOException {
        Matcher block =
                SHELL.matcher(Files.readString(Nestwalk.ROOT.resolve("docs").resolve(document)));
        int commands = 0;
        while (block.find()) {
            for (String line : block.group(1).lines().toList()) {
                Nestwalk.Result result = Nestwalk.run(arguments(line));
                assertThat(result.status()).as(line + ": " + result.err()).isZero();
                if (block.group(2) != null) {
                    assertThat(result.out()).as(line).endsWith(block.group(2));
                }
                commands++;
            }
        }
        assertThat(commands).isPositive();
    }

    private static String[] arguments(String line) {
        assertThat(line).startsWith("./nestwalk ");
        List<String> words = new ArrayList<>();
        for (String word : line.replaceAll("\\s+#.*", "").split(" ", -1)) {
            words.add(word.startsWith("lab/") ? Nestwalk.ROOT.resolve(word).toString() : word);
        }
        return words.subList(1, words.size()).toArray(String[]::new);
    }

    @Test
    void helpNamesEverySettingOfTheDocument() throws IOException {
        String help = Nestwalk.run("walk", "--help").out();
        String text = Files.readString(Nestwalk.ROOT.resolve("docs/walk.md"));
        Matcher row =
                Pattern.compile("(?m)^\\| `([a-z0-9.A-Z]+)` \\|")
                        .matcher(text.substring(text.indexOf("## `--set")));
        int settings = 0;
        while (row.find()) {
            assertThat(help).contains("  " + row.group(1) + " ");
            settings++;
        }
        assertThat(settings).isEqualTo(16);
    }
}
