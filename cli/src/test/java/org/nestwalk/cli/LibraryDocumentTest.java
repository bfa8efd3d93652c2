package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `docs/library.md` shows is Java that compiles, and prints what the document says.
class LibraryDocumentTest {
    private static final Path DOCUMENT = Nestwalk.ROOT.resolve("docs/library.md");

    @TempDir private Path directory;

    @Test
    void theProgramInTheDocumentPrintsWhatTheDocumentSays() throws Exception {
        String text = Files.readString(DOCUMENT);
        Path source = directory.resolve("TwoExperiments.java");
        Files.writeString(source, block(text, "java"));
        assertThat(launch(source)).isEqualTo(block(text, "text"));
    }

    private static String block(String text, String language) {
        Matcher block =
                Pattern.compile(
                                "^```" + language + "\n(.*?)^```$",
                                Pattern.DOTALL | Pattern.MULTILINE)
                        .matcher(text);
        assertThat(block.find()).as("a block of %s", language).isTrue();
        return block.group(1);
    }

    private static String launch(Path source) throws IOException, InterruptedException {
        Process java =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        source.toString()))
                        .redirectErrorStream(true)
                        .start();
        String out = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(out).isZero();
        return out;
    }
}
