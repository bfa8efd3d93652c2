package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How commands and their output are read in documents, and renewed.
class ExcerptTest {
    private static final String OUTPUT =
            "Running.\n\n  head  1\n  row   2\n\n  other  3\n\nhost: 4\n\nModel: 5\nto the end.\n";

    @TempDir private Path folder = Path.of("");

    private static List<String> renewed(String shown) {
        return Excerpt.renewed(List.of(shown.split("\n", -1)), OUTPUT);
    }

    @Test
    void excerptBeginsAnywhereAndGoesOnToTheEnd() {
        assertThat(renewed("host: 9\n\nModel: old"))
                .containsExactly("host: 4", "", "Model: 5", "to the end.");
    }

    @Test
    void dotsStandForParagraphsLeftOut() {
        assertThat(renewed("  head  0\n  row   0\n\n...\n\nhost: 0\n\n..."))
                .containsExactly("  head  1", "  row   2", "", "...", "", "host: 4", "", "...");
    }

    @Test
    void staleExcerptFails() {
        List<String> shown = List.of("  other  3", "", "...");
        assertThatCode(() -> Excerpt.assertShows(shown, OUTPUT)).doesNotThrowAnyException();
        List<String> stale = List.of("  other  4", "", "...");
        assertThatThrownBy(() -> Excerpt.assertShows(stale, OUTPUT))
                .isInstanceOf(AssertionError.class);
        List<String> gone = List.of("  nothing like it  4", "", "...");
        assertThatThrownBy(() -> Excerpt.assertShows(gone, OUTPUT))
                .hasMessageContaining("nothing like it");
    }

    private List<DocumentedCommand> read(String text) throws IOException {
        Path file = folder.resolve("a.md");
        Files.writeString(file, text);
        return DocumentedCommand.of(file);
    }

    @Test
    void linesOfABlockAreCommandsOfTheirOwnAndTheLastHasTheOutput() throws IOException {
        List<DocumentedCommand> commands =
                read(
                        """
                        ```sh
                        ./nestwalk run a   # 25 s of one core
                        ./nestwalk run b   # the second
                        ```

                        ```text
                        shown
                        ```
                        """);
        assertThat(commands)
                .extracting(DocumentedCommand::script)
                .containsExactly("./nestwalk run a", "./nestwalk run b");
        assertThat(commands).extracting(DocumentedCommand::isLong).containsExactly(true, false);
        assertThat(commands.getFirst().output()).isNull();
        assertThat(Objects.requireNonNull(commands.getLast().output()).lines())
                .containsExactly("shown");
    }

    @Test
    void blockWithQuotesIsAScript() throws IOException {
        List<DocumentedCommand> commands =
                read("```sh\nseq 3 > rows\nnestwalk record -- sort rows\n```\n");
        assertThat(commands).hasSize(1);
        assertThat(commands.getFirst().script()).contains("seq").contains("record");
    }

    @Test
    void codeAtTheBeginningOfAParagraphIsACommandIfOutputFollows() throws IOException {
        List<DocumentedCommand> commands =
                read(
                        """
                        ```text
                        no output
                        ```

                        `./nestwalk run a
                        --limit 5`: a run

                        <!-- varies by host -->
                        ```text
                        shown
                        ```

                        `./nestwalk run b` has none.
                        """);
        assertThat(commands).hasSize(1);
        assertThat(commands.getFirst().script()).isEqualTo("./nestwalk run a --limit 5");
        assertThat(Objects.requireNonNull(commands.getFirst().output()).varies()).isTrue();
    }
}
