package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.cli.Nestwalk.Result;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ManCommandTest {
    private static final Path GROFF = Path.of("/usr/bin/groff");

    @TempDir private Path directory = Path.of("");
    private Path folder = Path.of("");

    @BeforeEach
    void nameFolder() {
        folder = directory.resolve("man1");
    }

    private List<Path> written() throws IOException {
        Result result = run("man", "--pages", folder.toString());
        assertThat(result.status()).as(result.err()).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void everyCommandThatIsNotHiddenHasAPage() throws IOException {
        assertThat(written())
                .extracting(file -> file.getFileName().toString())
                .contains(
                        "nestwalk.1", "nestwalk-run.1", "nestwalk-vm-run.1", "nestwalk-lab-numa.1")
                .doesNotContain("nestwalk-rehearse.1")
                .hasSize(ManPage.all(Main.commandLine().getCommandSpec()).size());
    }

    @Test
    void pageNamesEveryOptionWithItsSentence() {
        String page = run("man", "vm", "run").out();
        List<OptionSpec> options =
                ManPage.all(Main.commandLine().getCommandSpec()).stream()
                        .filter(one -> one.name().equals("nestwalk-vm-run"))
                        .findFirst()
                        .orElseThrow()
                        .options();
        assertThat(options).hasSizeGreaterThan(10);
        for (OptionSpec option : options) {
            assertThat(page)
                    .contains("\n.B " + String.join(", ", option.names()).replace("-", "\\-"));
        }
        assertThat(page).doesNotContain("${", "%n", "%%");
    }

    @Test
    void commandsThatAreHiddenAreNotOffered() {
        assertThat(run("man", "no").err()).contains("record, report").doesNotContain("rehearse");
    }

    @Test
    void anOptionSaysWithWhichOthersItGoes() {
        String page = run("man", "curve").out().replace("\\", "");

        assertThat(page).contains("; not with --sample-rate.", "; for --sample (default: 0.95).");
    }

    /// What groff_man(7) says of a request it does not know, or of text that is one by accident.
    @Test
    void groffHasNothingToWarnOf() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(GROFF), "groff is needed");
        written();
        Process groff =
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "for page in *.1; do %s -man -ww -z \"$page\" || echo bad $page; done"
                                        .formatted(GROFF))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(groff.waitFor()).isZero();
        assertThat(said).isEmpty();
    }

    @Test
    void unknownCommandIsRefusedWithThoseThatThereAre() {
        Result result = run("man", "vm", "walk");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("nestwalk vm has no command walk; there are ", "migrate");
        assertThat(run("man", "run", "fast").err())
                .contains("nestwalk run has no commands below it, such as fast");
    }

    @Test
    void folderThatIsAFileIsRefused() throws IOException {
        Files.createFile(folder);
        Result result = run("man", "--pages", folder.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(folder.toString());
        assertThat(run("man", "run", "--pages", folder.toString()).err())
                .contains("--pages writes the pages of all commands; name none");
    }

    @Test
    void folderInWhichManDoesNotLookIsRefused() {
        Result result = run("man", "--pages", directory.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().replace('\n', ' '))
                .contains("man looks for pages of commands in folders called man1, and ");
        assertThat(directory).isEmptyDirectory();
    }

    /// picocli takes descriptions as formats, and warns of a percent sign that is none.
    @Test
    void noHelpHasAPercentSignThatIsNoFormat() {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            show(Main.commandLine());
        } finally {
            System.setErr(before);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static void show(CommandLine line) {
        assertThat(line.getUsageMessage()).isNotEmpty();
        line.getSubcommands().values().forEach(ManCommandTest::show);
    }
}
