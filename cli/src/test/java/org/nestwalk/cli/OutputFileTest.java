package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.cli.Nestwalk.LACKEY;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;

/// What an output may be called. Nothing is written under dangerous names here, and descriptors
/// that were closed are links in a folder of the test's.
class OutputFileTest {
    private static final Path JDK = Path.of(System.getProperty("java.home"));

    @TempDir private Path folder = Path.of("");

    private Descriptors descriptors = Descriptors.OWN;

    /// 0 is open for reading, 1 was closed and has become a file of the JDK's, 3 is the user's.
    @BeforeEach
    void openDescriptors() throws IOException {
        Path links = Files.createDirectory(folder.resolve("fd"));
        Path flags = Files.createDirectory(folder.resolve("fdinfo"));
        Files.createSymbolicLink(links.resolve("0"), Path.of("/dev/null"));
        Files.createSymbolicLink(links.resolve("1"), JDK.resolve("lib/modules"));
        Files.createSymbolicLink(
                links.resolve("3"), Files.createFile(folder.resolve("user's file")));
        Files.writeString(flags.resolve("0"), "pos:\t0\nflags:\t0100000\nmnt_id:\t27\n");
        Files.writeString(flags.resolve("1"), "pos:\t0\nflags:\t02100000\nmnt_id:\t27\n");
        Files.writeString(flags.resolve("3"), "pos:\t0\nflags:\t0100001\nmnt_id:\t27\n");
        Files.createSymbolicLink(folder.resolve("stdout"), links.resolve("1"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("stdout"));
        descriptors = new Descriptors(links, flags);
    }

    @ParameterizedTest
    @CsvSource({
        "fd/0, 0",
        "fd/1, 1",
        "stdout, 1",
        "link, 1",
        "fd/9, 9",
        "fd/../fd/3, 3",
        "user's file,",
        "elsewhere/1,",
        "fd/one,"
    })
    void descriptorsAreFoundBehindTheirNames(String name, Integer descriptor) {
        assertThat(descriptors.named(folder.resolve(name)))
                .isEqualTo(Optional.ofNullable(descriptor));
    }

    @ParameterizedTest
    @CsvSource({
        "fd/0, descriptor 0 was closed when Nestwalk started",
        "fd/1, descriptor 1 was closed when Nestwalk started",
        "stdout, descriptor 1 was closed when Nestwalk started",
        "fd/9, descriptor 9 is not open"
    })
    void whatWasClosedIsRefused(String name, String why) {
        assertThat(descriptors.objection(folder.resolve(name)))
                .hasValueSatisfying(said -> assertThat(said).startsWith(why));
        assertThat(descriptors.objection(folder.resolve("fd/3"))).isEmpty();
        assertThat(descriptors.objection(folder.resolve("user's file"))).isEmpty();
    }

    @Test
    void filesThatNestwalkRunsFromAreRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("modules"), JDK.resolve("lib/modules"));
        String library;
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            library =
                    mappings.filter(line -> line.matches(".*/libc[-.\\d]*so.*"))
                            .map(line -> line.replaceFirst("[^/]*", ""))
                            .findFirst()
                            .orElseThrow();
        }
        for (Path own : List.of(link, JDK.resolve("lib/modules"), Path.of(library))) {
            assertThatThrownBy(() -> new OutputFile("--json", own).check(List.of()))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(
                            "--json: " + own + " cannot be written: Nestwalk itself");
        }
    }

    @Test
    void aDescriptorOfTheUsersIsWrittenAfterWhatIsThere() throws IOException {
        Path file = Files.writeString(folder.resolve("log"), "before ");
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.APPEND)) {
            Path name = descriptorOf(file);
            OutputFile output = new OutputFile("--json", name);
            assertThatCode(() -> output.check(List.of())).doesNotThrowAnyException();
            output.write("after", new PrintWriter(new StringWriter()));
            assertThat(opened.size()).as("the same file").isEqualTo("before after".length());
        }
        assertThat(file).hasContent("before after");
    }

    @Test
    void aDescriptorThatIsOpenForReadingIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("input"), "text");
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThat(opened.isOpen()).isTrue();
            Nestwalk.Result result =
                    Nestwalk.run("run", LACKEY, "--json", descriptorOf(file).toString());
            BadInputTest.assertBad(result, "was closed when Nestwalk started, or is open for");
        }
        assertThat(file).hasContent("text");
    }

    private static Path descriptorOf(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(
                            link -> {
                                try {
                                    return Files.readSymbolicLink(link).equals(file.toRealPath());
                                } catch (IOException e) {
                                    return false;
                                }
                            })
                    .map(link -> Path.of("/dev/fd").resolve(link.getFileName()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void standardOutputIsNoTraceOfRecord() {
        for (String name : List.of("-", "/dev/stdout", "/proc/self/fd/1")) {
            BadInputTest.assertBad(
                    Nestwalk.run("record", "-o", name, "--", "true"),
                    "--output: standard output is the program's");
        }
    }
}
