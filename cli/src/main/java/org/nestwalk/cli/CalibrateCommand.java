package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.Figures;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.lab.calibrate.Calibration;
import org.nestwalk.lab.calibrate.CalibrationOptions;
import org.nestwalk.lab.calibrate.CalibrationResult;
import org.nestwalk.report.host.CalibrationReport;
import org.nestwalk.report.host.CalibrationText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `nestwalk calibrate`: what loads cost here, and the machine whose loads cost as much.
@Command(
        name = "calibrate",
        description = {
            "Measures what dependent random loads cost on this host, natively and in a guest of its"
                    + " KVM, with pages of 4K and 2M; and finds the machine that fits.",
            "Takes a minute or two, and half of the available memory at most. The quieter the host,"
                    + " the better."
        },
        mixinStandardHelpOptions = true)
final class CalibrateCommand implements Runnable {
    private static final long LEAST_FOOTPRINT = 4L << 20;
    private static final long QUICK_FOOTPRINT = 128L << 20;
    private static final int QUICK_SECONDS = 3;
    private static final long NANOSECONDS = 1_000_000_000;

    @Option(
            names = "--quick",
            description =
                    "About ten seconds: fewer and smaller footprints (128 MiB), and fewer rounds.")
    private boolean quick;

    @Option(
            names = "--footprint",
            paramLabel = "SIZE",
            description =
                    "The largest footprint, from 4MiB (default: 4GiB, or a quarter of the available"
                            + " memory).")
    private @Nullable String footprint;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description =
                    "Measure for N seconds at most, beside preparations (default: 80; 3 with"
                            + " --quick).")
    private @Nullable Integer seconds;

    @Option(names = "--no-guest", description = "Measure natively only.")
    private boolean noGuest;

    @Mixin private OutputOption named = new OutputOption();

    @Mixin private ForceOption force = new ForceOption();

    @Mixin private Output shown = new Output();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        Host host = Host.running();
        CalibrationOptions options = options(host);
        checkFiles();
        try (Interruption interruption = new Interruption()) {
            Optional<CalibrationResult> result = calibrate(host, options, interruption);
            if (result.isEmpty()) {
                // Said here: nothing is said any more once the interruption is let go.
                StandardError.tell(spec, "ended before everything had been measured once");
                return;
            }
            write(result.get());
        }
    }

    private Optional<CalibrationResult> calibrate(
            Host host, CalibrationOptions options, Interruption interruption) {
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        try (Progress shown = progress.begin()) {
            return Calibration.run(host, options, today, shown.named(interruption));
        }
    }

    private CalibrationOptions options(Host host) {
        long available = host.memory("MemAvailable");
        long room = CalibrationOptions.roomFor(available);
        if (room < LEAST_FOOTPRINT) {
            throw new InputException(
                    "too little memory to measure: %s are available"
                            .formatted(Figures.bytes(available)));
        }
        long most = quick ? QUICK_FOOTPRINT : CalibrationOptions.MOST_BYTES;
        most = footprint == null ? Math.min(most, room) : footprint(footprint, room);
        int limit = seconds == null ? quick ? QUICK_SECONDS : 80 : seconds;
        if (limit < 1 || limit > 3600) {
            throw new InputException("--seconds is from 1 to 3600, not " + limit);
        }
        Sampler.Limits limits =
                quick
                        ? new Sampler.Limits(2, 20, limit * NANOSECONDS)
                        : new Sampler.Limits(4, 40, limit * NANOSECONDS);
        return new CalibrationOptions(most, quick ? 1 : 2, !noGuest, limits);
    }

    private static long footprint(String text, long room) {
        long bytes = Quantities.size(text, "--footprint");
        if (bytes < LEAST_FOOTPRINT || bytes > room) {
            throw new InputException(
                    "--footprint is from 4MiB to %s here, a quarter of the available memory; not %s"
                            .formatted(Figures.bytes(room), text));
        }
        return bytes & -(2L << 20);
    }

    private void checkFiles() {
        shown.check(List.of());
        Path output = named.path();
        if (output == null) {
            new Given(spec).refuse(List.of(ForceOption.NAME), "is for --output; give one");
        } else {
            if (!output.toString().equals("-") && !isYaml(output)) {
                throw new InputException(
                        "--output: the name of a machine's file ends in .yaml, not " + output);
            }
            if (output.equals(shown.json())) {
                throw new InputException("--json and --output both name " + output);
            }
            OutputFile machine = new OutputFile(OutputOption.NAME, output);
            machine.check(List.of());
            machine.checkNew(force.isGiven(), spec.commandLine().getErr());
        }
    }

    private static boolean isYaml(Path path) {
        String name = path.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private void write(CalibrationResult result) {
        PrintWriter out = spec.commandLine().getOut();
        Path output = named.path();
        OutputFile file = output == null ? null : new OutputFile(OutputOption.NAME, output);
        if (file == null || !file.isStandardOutput()) {
            shown.show(
                    CalibrationText.of(result)
                            .paragraph(
                                    file == null
                                            ? "--output FILE.yaml writes the machine, for"
                                                    + " --machine of run and vm run."
                                            : "The machine is in " + output + "."));
        }
        if (file != null) {
            file.write(result.machine(), out);
        }
        shown.write(JsonFormat.CALIBRATION, CalibrationReport.of(result, Version.NUMBER));
    }
}
