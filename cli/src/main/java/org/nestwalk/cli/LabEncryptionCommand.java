package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.lab.encryption.EncryptionStory;
import org.nestwalk.lab.encryption.EncryptionStory.Options;
import org.nestwalk.lab.encryption.EncryptionStory.Result;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.report.story.EncryptionText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nestwalk lab encryption`: what memory encryption costs, and what it hides.
@Command(
        name = "encryption",
        description =
                "What memory encryption costs page walks and programs, and what it hides from a"
                        + " hypervisor.",
        mixinStandardHelpOptions = true)
final class LabEncryptionCommand implements Runnable {
    private static final String NANOSECONDS = "ns";

    @Parameters(
            paramLabel = "PROGRAM",
            arity = "0..*",
            description = "Programs and traces to time (default: gups, btree and xsbench).")
    private List<String> programs = new ArrayList<>();

    @Option(
            names = "--adder",
            paramLabel = "E",
            split = ",",
            description =
                    "What encryption adds to a reference that misses all caches: cycles, 0 to 1000,"
                            + " or nanoseconds such as 10ns; several with commas (default:"
                            + " 0,10,20,40).")
    private List<String> adders = new ArrayList<>();

    @Option(
            names = "--attacks",
            paramLabel = "N",
            description =
                    "Attacks of each kind on each protection, 1 to 1000000 (default:"
                            + " ${DEFAULT-VALUE}).")
    private int attacks = 500;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of memory, keys and attacks (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin private StoryOptions options = new StoryOptions("zen4");

    @Override
    public void run() {
        options.check();
        MachineFile machine = options.machine();
        Options story =
                new Options(
                        programs.isEmpty() ? EncryptionStory.PROGRAMS : programs,
                        (adders.isEmpty() ? List.of("0", "10", "20", "40") : adders)
                                .stream()
                                        .map(text ->
                                                cycles(
                                                        text,
                                                        machine.model().costs().frequencyGHz()))
                                        .toList(),
                        attacks,
                        seed);
        Result result =
                StoryOptions.watched(
                        progress -> EncryptionStory.run(machine.model(), story, progress));
        List<String> arguments = new ArrayList<>(story.programs());
        arguments.addAll(
                List.of(
                        "--adder",
                        String.join(",", story.adders().stream().map(String::valueOf).toList()),
                        "--attacks",
                        Integer.toString(attacks),
                        "--seed",
                        Long.toString(seed)));
        options.tell(
                "encryption",
                machine,
                arguments,
                List.of(result),
                EncryptionStory.MODEL,
                EncryptionText.of(machine.model().name(), result));
    }

    /// Cycles, as they are or from nanoseconds, to the nearest.
    private static int cycles(String text, double frequencyGHz) {
        try {
            if (text.endsWith(NANOSECONDS)) {
                String number = text.substring(0, text.length() - NANOSECONDS.length());
                double cycles = Double.parseDouble(number) * frequencyGHz;
                return (int) Math.round(Double.isNaN(cycles) ? -1 : Math.clamp(cycles, -1, 1e9));
            }
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InputException(
                    "--adder: '%s' is no number of cycles, 0 to 1000, or of nanoseconds, such as 10ns"
                            .formatted(text),
                    e);
        }
    }
}
