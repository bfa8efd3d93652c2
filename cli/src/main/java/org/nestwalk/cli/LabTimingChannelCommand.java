package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.lab.channel.ChannelOptions;
import org.nestwalk.lab.channel.ChannelStory;
import org.nestwalk.lab.channel.ChannelStory.Result;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.report.story.ChannelText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk lab timing-channel`: what the time of page walks gives away, and defences.
@Command(
        name = "timing-channel",
        description =
                "What the time of page walks gives away of a victim's mappings, and what defences"
                        + " leave of it at what cost.",
        mixinStandardHelpOptions = true)
final class LabTimingChannelCommand implements Runnable {
    private static final String SIMULATED = "sim";

    @Parameters(
            paramLabel = "PROGRAM|TRACE",
            arity = "0..*",
            description =
                    "On which defences are charged (default: gups, btree and xsbench of 4 GiB).")
    private List<String> programs =
            List.of("gups:footprint=4GiB", "btree:footprint=4GiB", "xsbench:footprint=4GiB");

    @Option(
            names = "--accesses",
            paramLabel = "N",
            description = "Of each program, at most; 1k to 100M (default: ${DEFAULT-VALUE}).")
    private String accesses = "300k";

    @Option(
            names = "--noise",
            paramLabel = "CYCLES",
            description =
                    "Standard deviation of a measurement, 1 to 1000000 (default:"
                            + " ${DEFAULT-VALUE}).")
    private double noise = 1_000;

    @Option(
            names = "--delay",
            paramLabel = "CYCLES",
            description =
                    "Standard deviation of random delays, 1 to 1000000; also tried twice as large"
                            + " (default: ${DEFAULT-VALUE}).")
    private double delay = 1_000;

    @Option(
            names = "--timer",
            paramLabel = "CYCLES",
            description =
                    "Resolution of the coarse timer, 1 to 1000000 (default: ${DEFAULT-VALUE}).")
    private double timer = 10_000;

    @Option(
            names = "--on",
            paramLabel = "WHERE",
            description = "Where to measure: sim (default: ${DEFAULT-VALUE}).")
    private String where = SIMULATED;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin private StoryOptions options = new StoryOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        options.check();
        if (!where.equals(SIMULATED)) {
            throw new InputException(
                    "--on: '%s' is not a place to measure; use sim".formatted(where));
        }
        MachineFile machine = options.machine();
        ChannelOptions asked =
                new ChannelOptions(
                        programs,
                        Quantities.count(accesses, "--accesses"),
                        noise,
                        delay,
                        timer,
                        seed);
        Result result;
        try (Progress progress = new Progress("run")) {
            result =
                    ChannelStory.run(
                            machine.model(),
                            asked,
                            (done, total) -> {
                                progress.accept(done, total);
                                return true;
                            });
        }
        options.tell(
                "timing-channel",
                machine,
                arguments(asked),
                List.of(result),
                ChannelStory.MODEL,
                ChannelText.of(machine.model().name(), result),
                spec.commandLine().getOut());
    }

    private static List<String> arguments(ChannelOptions asked) {
        List<String> arguments = new ArrayList<>(asked.programs());
        arguments.addAll(
                List.of(
                        "--accesses",
                        Quantities.formatCount(asked.accesses()),
                        "--noise",
                        Double.toString(asked.noise()),
                        "--delay",
                        Double.toString(asked.delay()),
                        "--timer",
                        Double.toString(asked.timer()),
                        "--on",
                        SIMULATED,
                        "--seed",
                        Long.toString(asked.seed())));
        return arguments;
    }
}
