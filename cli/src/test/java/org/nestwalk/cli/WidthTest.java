package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.LACKEY;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Whatever a command prints fits the width of the terminal, but for the lines of `conform`, one a
/// file. Experiments that give the same each time are held to it by [ExperimentsTest].
class WidthTest {
    static final int LEAST = 60;
    private static final List<Integer> WIDTHS = List.of(LEAST, 80, 132);
    private static final String GUPS = "gups:footprint=16MiB,accesses=20k";
    private static final List<String> LINES =
            List.of(
                    "run " + GUPS + " {lackey} --setups all",
                    "run " + GUPS + " --machine zen4 --limit 10k",
                    "vm run " + GUPS + " --memory 64MiB",
                    "vm run "
                            + GUPS
                            + " zipf:footprint=16MiB,accesses=20k --memory 128MiB"
                            + " --guest-pages thp --backing khugepaged --fragmentation 0.5:random"
                            + " --hint --vcpus 2",
                    "programs",
                    "machines",
                    "machines zen4",
                    "machines cascade-lake-6252",
                    "doctor",
                    "walk 0x7f1234567123",
                    "walk 0x7f1234567123 --warm --host 2M",
                    "walk 0x7f1234567123 --machine zen4 --guest-levels 5 --host-levels 5",
                    "walk 0x7f1234567123 --mode native",
                    "walk 0x7f1234567123 --mode shadow",
                    "walk 0x7f1234567123 --mode flat --op write",
                    "walk 0x800000000000",
                    "trace info {lackey}",
                    "trace head {lackey}",
                    "lab permissions",
                    "lab permissions --machine zen4");
    private static final List<String> LONG_LINES =
            List.of(
                    "calibrate --quick --no-guest --seconds 1 --footprint 4MiB",
                    "lab timing-channel --on host --footprint 4MiB --burst 10");

    static Stream<String> lines() {
        return LINES.stream();
    }

    static Stream<String> longLines() {
        return LONG_LINES.stream();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void commandFitsTheWidth(String line) {
        WIDTHS.forEach(width -> assertFits(line, width));
    }

    @ParameterizedTest
    @MethodSource("longLines")
    void longCommandFitsTheLeastWidth(String line) {
        assertFits(line, LEAST);
    }

    private static void assertFits(String line, int width) {
        List<String> arguments = new ArrayList<>();
        for (String argument : line.split(" ", -1)) {
            arguments.add(argument.replace("{lackey}", LACKEY));
        }
        Nestwalk.Result result = run(width, arguments.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        assertTextFits(result.out(), width);
    }

    @Test
    void whatIsWrongFitsATerminalAndIsOneLineElsewhere() {
        String what = "there is no trace of this name: ".repeat(5) + "/a/b.trace";
        for (int width : WIDTHS) {
            String text = StandardError.text(what, true, width);
            assertTextFits(text, width);
            assertThat(text.replace("\n  ", " ")).isEqualTo("nestwalk: " + what + "\n");
        }
        assertThat(StandardError.text(what, false, 80)).isEqualTo("nestwalk: " + what + "\n");
    }

    @Test
    void helpOfEveryCommandFitsTheWidth() {
        for (int width : WIDTHS) {
            assertHelpFits(Main.commandLine().setUsageHelpWidth(width), width);
        }
    }

    private static void assertHelpFits(CommandLine command, int width) {
        assertTextFits(command.getUsageMessage(), width);
        command.getSubcommands().values().forEach(part -> assertHelpFits(part, width));
    }

    static void assertTextFits(String text, int width) {
        assertThat(text).isNotEmpty();
        assertThat(text.split("\n", -1))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100",
        "60, 60",
        "40, 60",
        "0, 80",
        "wide, 80",
        "'', 80",
        "123456, 80",
        ", 80"
    })
    void widthIsThatOfTheEnvironment(String columns, int width) {
        assertThat(Output.width(columns)).isEqualTo(width);
    }
}
