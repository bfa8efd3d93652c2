package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.LACKEY;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Output that cannot be written ends every command with a message and status 2, at once, and loses
/// nothing that is written elsewhere.
@Timeout(120)
class OutputFailureTest {
    private static final String PROGRAM = "gups:footprint=4MiB,accesses=2k";
    private static final Path SAVED =
            Nestwalk.ROOT.resolve("cli/src/test/resources/saved/run.json");

    /// A short run of each command; those that print nothing themselves are asked for help.
    private static final Map<String, String> LINES =
            Map.ofEntries(
                    Map.entry("calibrate", "--help"),
                    Map.entry(
                            "conform",
                            Nestwalk.ROOT
                                    + "/lab/src/test/resources/conformance/cases-2k.jsonl.gz"),
                    Map.entry("curve", "gups:footprint=4MiB,accesses=2k --simulate none"),
                    Map.entry("completion", ""),
                    Map.entry("diff", "--help"),
                    Map.entry("sweep", "--help"),
                    Map.entry("sweep gather", "--help"),
                    Map.entry("sweep show", "--help"),
                    Map.entry("sweep slurm", "--help"),
                    Map.entry("doctor", ""),
                    Map.entry("lab devices", "--help"),
                    Map.entry("lab dirty-tracking", "--help"),
                    Map.entry("lab dma-attack", "--secrets 5"),
                    Map.entry("lab double-caching", "--help"),
                    Map.entry("lab encryption", "--help"),
                    Map.entry("lab fidelity", "--help"),
                    Map.entry("lab fork", "--help"),
                    Map.entry("lab hint", "--help"),
                    Map.entry("lab paper", "--help"),
                    Map.entry("paper", "--help"),
                    Map.entry("lab integrity", "--help"),
                    Map.entry("lab intrusion", "--help"),
                    Map.entry("lab large-pages", "gups:footprint=16MiB,accesses=2k"),
                    Map.entry("lab layout", "--help"),
                    Map.entry("lab merging", "--help"),
                    Map.entry("lab migration", "--help"),
                    Map.entry("lab move", "--help"),
                    Map.entry("lab numa", "--help"),
                    Map.entry("lab permissions", ""),
                    Map.entry("lab prefetch", "--help"),
                    Map.entry("lab restore", "--help"),
                    Map.entry("lab timing-channel", "--help"),
                    Map.entry("lab transactions", "--help"),
                    Map.entry("lab watchpoints", "--help"),
                    Map.entry("machines", ""),
                    Map.entry("man", "vm run"),
                    Map.entry("programs", ""),
                    Map.entry("record", "--help"),
                    Map.entry("report", SAVED + " " + SAVED),
                    Map.entry("serve", "--help"),
                    Map.entry("run", LACKEY + " --limit 2k"),
                    Map.entry("trace convert", "--help"),
                    Map.entry("trace head", "-n 100000000 " + LACKEY),
                    Map.entry("trace info", LACKEY),
                    Map.entry("validate", "--help"),
                    Map.entry("vm fork", PROGRAM + " --after 1k --children 1 --memory 16MiB"),
                    Map.entry("vm inspect", "--help"),
                    Map.entry("vm migrate", "--help"),
                    Map.entry("vm receive", "--help"),
                    Map.entry("vm restore", "--help"),
                    Map.entry("vm run", PROGRAM),
                    Map.entry("vm snapshot", "--help"),
                    Map.entry("walk", "0x7f1234567123"));

    @TempDir private Path folder = Path.of("");

    /// A disk or pipe that takes `left` bytes, and nothing after that.
    private static final class Full extends OutputStream {
        private int left;
        private int tries;

        Full(int left) {
            this.left = left;
        }

        @Override
        public void write(int oneByte) throws IOException {
            if (left-- <= 0) {
                tries++;
                throw new IOException("No space left on device");
            }
        }
    }

    static Stream<String> commands() {
        List<String> names = new ArrayList<>();
        collect(Main.commandLine(), "", names);
        return names.stream();
    }

    private static void collect(CommandLine line, String path, List<String> names) {
        line.getSubcommands()
                .forEach((name, command) -> {
                    if (command.getCommandSpec().usageMessage().hidden()) {
                        return; // for the launcher, and prints nothing
                    }
                    if (command.getSubcommands().isEmpty()) {
                        names.add(path + name);
                    } else {
                        collect(command, path + name + " ", names);
                    }
                });
    }

    private static String assertFails(OutputStream stream, String... line) {
        StringWriter err = new StringWriter();
        CommandLine command =
                Main.commandLine()
                        .setOut(StandardOutput.writer(stream, StandardCharsets.UTF_8))
                        .setErr(new PrintWriter(err));
        int status = Main.execute(command, line);
        assertThat(err.toString())
                .endsWith(
                        "nestwalk: standard output cannot be written: No space left on device"
                                + System.lineSeparator());
        assertThat(status).isEqualTo(2);
        return err.toString();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandSaysThatItsOutputCannotBeWritten(String command) {
        assertThat(LINES).as("a command line for each command").containsKey(command);
        String[] line = (command + " " + LINES.get(command)).strip().split(" ");
        Full full = new Full(0);
        assertThat(assertFails(full, line).lines()).hasSize(1);
        assertThat(full.tries).as("nothing more is tried").isEqualTo(1);
    }

    @Test
    void helpAndVersionSaySo() {
        assertFails(new Full(0), "--help");
        assertFails(new Full(10), "--version");
    }

    @Test
    void outputThatFailsInItsMiddleEndsTheCommandThere() {
        assertFails(new Full(20_000), "trace", "head", "-n", "100000000", LACKEY);
    }

    @Test
    void aFileIsWrittenEvenWhereStandardOutputFails() throws IOException {
        Path json = folder.resolve("run.json");
        Path csv = folder.resolve("run.csv");
        // Room for the first lines, so that it is the table that fails.
        assertFails(
                new Full(200),
                "run",
                LACKEY,
                "--limit",
                "2k",
                "--setups",
                "native:4K",
                "--json",
                json.toString(),
                "--csv",
                csv.toString());
        assertThat(json).content().contains("\"manifest\"");
        assertThat(csv).isNotEmptyFile();

        Path vm = folder.resolve("vm.json");
        assertFails(new Full(100), "vm", "run", PROGRAM, "--json", vm.toString());
        assertThat(vm).content().contains("\"manifest\"");

        Path story = folder.resolve("story.json");
        assertFails(new Full(0), "lab", "permissions", "--json", story.toString());
        assertThat(story).content().contains("\"manifest\"");
    }

    @Test
    void whatWasRunBeforeABadWorkloadIsWritten() throws IOException {
        Path json = folder.resolve("run.json");
        Path damaged = folder.resolve("damaged.lackey");
        Files.writeString(damaged, " L 1000,8\n".repeat(100_000) + "what\n");
        Nestwalk.Result result =
                Nestwalk.run(
                        "run",
                        LACKEY,
                        damaged.toString(),
                        "--limit",
                        "200k",
                        "--setups",
                        "native:4K",
                        "--json",
                        json.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("damaged.lackey");
        assertThat(json).content().contains("true.lackey.gz");
    }

    @ParameterizedTest
    @MethodSource("files")
    void aDiskThatIsFullIsNamed(String line) {
        if (!Files.isWritable(Path.of("/dev/full"))) {
            return;
        }
        Nestwalk.Result result = Nestwalk.run(line.split(" "));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains("/dev/full", "No space left on device")
                .doesNotContain("\tat ");
    }

    static Stream<String> files() {
        return Stream.of(
                "run " + LACKEY + " --limit 2k --setups native:4K --json /dev/full",
                "run " + LACKEY + " --limit 2k --setups native:4K --csv /dev/full",
                "vm run " + PROGRAM + " --json /dev/full",
                "lab permissions --json /dev/full",
                "trace convert " + LACKEY + " /dev/full",
                "trace convert " + LACKEY + " /dev/full --to raw",
                "trace convert " + LACKEY + " /dev/full --to lackey");
    }

    @Test
    void aFileIsReplacedThroughALinkToIt() throws IOException {
        Path json = Files.writeString(folder.resolve("old.json"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), json);
        PrintWriter out = new PrintWriter(new StringWriter());
        new OutputFile("--json", link).write("new", out);
        assertThat(json).hasContent("new");
        assertThat(link).isSymbolicLink();
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }
}
