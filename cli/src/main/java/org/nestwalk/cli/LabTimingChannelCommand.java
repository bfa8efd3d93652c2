package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.Figures;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.calibrate.CalibrationOptions;
import org.nestwalk.lab.channel.ChannelOptions;
import org.nestwalk.lab.channel.ChannelStory;
import org.nestwalk.lab.channel.ChannelStory.Result;
import org.nestwalk.lab.channel.measured.MeasuredChannel;
import org.nestwalk.lab.channel.measured.MeasuredOptions;
import org.nestwalk.lab.channel.measured.MeasuredResult;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.report.host.MeasuredChannelReport;
import org.nestwalk.report.host.MeasuredChannelText;
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
    private static final List<String> OF_SIMULATIONS =
            List.of("--accesses", "--noise", "--delay", "--timer", "--machine");
    private static final List<String> OF_MEASUREMENTS = List.of("--footprint", "--burst");

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
            paramLabel = "sim|host|kvm",
            description =
                    "Time the simulated machine, this host natively, or a guest of its KVM"
                            + " (default: ${DEFAULT-VALUE}).")
    private String where = SIMULATED;

    @Option(
            names = "--footprint",
            paramLabel = "SIZE",
            description =
                    "With host or kvm: bytes of each mapping, 4MiB to 64GiB, a quarter of the"
                            + " available memory at most (default: ${DEFAULT-VALUE}).")
    private String footprint = "512MiB";

    @Option(
            names = "--burst",
            paramLabel = "N",
            description =
                    "With host or kvm: loads of the longest burst, 1 to 100000 (default:"
                            + " ${DEFAULT-VALUE}).")
    private int burst = 2_000;

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
        switch (where) {
            case SIMULATED -> {
                new Given(spec)
                        .refuse(OF_MEASUREMENTS, "is for --on host or kvm, not for --on sim");
                simulate();
            }
            case "host" -> measure(Place.NATIVE);
            case "kvm" -> measure(Place.GUEST);
            default ->
                    throw new InputException(
                            "--on: '%s' is not a place to measure; use sim, host or kvm"
                                    .formatted(where));
        }
    }

    private void measure(Place place) {
        new Given(spec).refuse(OF_SIMULATIONS, "is for --on sim, not for --on " + where);
        if (!spec.commandLine().getParseResult().matchedPositionals().isEmpty()) {
            throw new InputException("programs are for --on sim, not for --on " + where);
        }
        Host host = Host.running();
        MeasuredOptions asked =
                new MeasuredOptions(place, Quantities.size(footprint, "--footprint"), burst, seed);
        long room = CalibrationOptions.roomFor(host.memory("MemAvailable"));
        if (asked.footprint() > room) {
            throw new InputException(
                    "--footprint: %s is more than %s, a quarter of the available memory"
                            .formatted(footprint, Figures.bytes(room)));
        }
        try (Interruption interruption = new Interruption()) {
            Optional<MeasuredResult> result;
            try (Progress progress = new Progress("measured")) {
                result = MeasuredChannel.run(host, asked, progress.until(interruption));
            }
            if (result.isEmpty()) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("nestwalk: ended before anything had been measured");
                err.flush();
                return;
            }
            options.output().show(MeasuredChannelText.of(result.get()));
            options.output()
                    .write(
                            JsonFormat.MEASURED_CHANNEL,
                            MeasuredChannelReport.of(
                                    result.get(),
                                    Version.NUMBER,
                                    System.getProperty("os.version", "unknown"),
                                    List.of(
                                            "--on",
                                            where,
                                            "--footprint",
                                            footprint,
                                            "--burst",
                                            Integer.toString(burst),
                                            "--seed",
                                            Long.toString(seed))));
        }
    }

    private void simulate() {
        MachineFile machine = options.machine();
        ChannelOptions asked =
                new ChannelOptions(
                        programs,
                        Quantities.count(accesses, "--accesses"),
                        noise,
                        delay,
                        timer,
                        seed);
        Result result =
                StoryOptions.watched(
                        progress -> ChannelStory.run(machine.model(), asked, progress));
        options.tell(
                "timing-channel",
                machine,
                arguments(asked),
                List.of(result),
                ChannelStory.MODEL,
                ChannelText.of(machine.model().name(), result));
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
