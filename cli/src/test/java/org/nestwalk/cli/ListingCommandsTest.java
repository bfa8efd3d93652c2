package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.lab.labs.Experiments;
import org.nestwalk.lab.machines.Machines;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListingCommandsTest {
    private record Result(int status, String out, String err) {}

    private static Result run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Result(commandLine.execute(args), out.toString(), err.toString());
    }

    @Test
    void commandsGoByTheNamesTheyAreDeclaredWith() {
        Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
        assertThat(commands).hasSize(21);
        commands.forEach((name, command) -> {
            Class<?> type = command.getCommandSpec().userObject().getClass();
            if (type == LabRun.class) {
                assertThat(Experiments.find(name)).isPresent();
            } else {
                assertThat(type.getAnnotation(Command.class).name()).isEqualTo(name);
            }
        });
    }

    @Test
    void onlyTheCommandAskedForIsPrepared() {
        assertThat(Main.commandLine("run", "gups").getSubcommands()).containsOnlyKeys("run");
        assertThat(Main.commandLine("ru").getSubcommands()).hasSize(21);
    }

    @Test
    void machinesListsEveryPresetOnALine() {
        Result result = run("machines");
        assertThat(result.status()).isZero();
        assertThat(result.out().lines())
                .filteredOn(line -> !line.startsWith(" "))
                .zipSatisfy(
                        Machines.presets(),
                        (line, name) -> assertThat(line).startsWith(name + " "));
    }

    @Test
    void machinesShowsAllParametersWithSources() {
        Result result = run("machines", "zen4");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("zen4: ")
                .containsPattern("firstLevelTlbs\\[0\\].entries +72 +Software")
                .doesNotContain("not stated");
    }

    @Test
    void machinesWritesJson() {
        JsonMapper mapper = new JsonMapper();
        JsonNode list = mapper.readTree(run("machines", "--json", "-").out()).get("machines");
        assertThat(list.size()).isEqualTo(Machines.presets().size());
        assertThat(list.get(0).has("parameters")).isFalse();
        JsonNode machine =
                mapper.readTree(run("machines", "yardstick", "--json", "-").out())
                        .at("/machines/0");
        assertThat(machine.get("name").asString()).isEqualTo("yardstick");
        assertThat(machine.get("parameters").get(0).get("source").asString()).isNotBlank();
    }

    @Test
    void unknownMachineIsBadInput() {
        Result result = run("machines", "zen9");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .startsWith(
                        "nestwalk: unknown machine 'zen9' (did you mean zen3?); use haswell-4850,");
        assertThat(result.err().lines()).hasSize(1);
    }

    @Test
    void programsListsEveryProgramWithItsParameters() {
        Result result = run("programs");
        assertThat(result.status()).isZero();
        for (String name : Programs.names()) {
            assertThat(result.out()).contains("\n" + name + ": ");
        }
        assertThat(result.out()).containsPattern("footprint +16GiB +4KiB to 64TiB");
    }

    @Test
    void programsWritesJson() {
        JsonNode list =
                new JsonMapper().readTree(run("programs", "--json", "-").out()).get("programs");
        assertThat(list.size()).isEqualTo(Programs.names().size());
        assertThat(list.get(0).get("parameters").get(0).get("name").asString())
                .isEqualTo("footprint");
    }
}
