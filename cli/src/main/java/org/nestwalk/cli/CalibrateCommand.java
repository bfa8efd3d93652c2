package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.lab.calibrate.CalibrateParameters;
import org.nestwalk.lab.calibrate.Calibration;
import org.nestwalk.lab.calibrate.CalibrationOptions;
import org.nestwalk.lab.calibrate.CalibrationResult;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.host.CalibrationReport;
import org.nestwalk.report.host.CalibrationText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
    private final ParameterOptions parameters = new ParameterOptions(CalibrateParameters.spec());

    @Mixin private OutputOption named = new OutputOption();

    @Mixin private ForceOption force = new ForceOption();

    @Mixin private Output shown = new Output();

    @Mixin private CsvOutput csv = new CsvOutput();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    private CalibrateCommand() {}

    /// The command, with what a calibration can be asked as options.
    static CommandLine command() {
        CalibrateCommand calibrate = new CalibrateCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(calibrate);
        calibrate.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public void run() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        Host host = Host.running();
        CalibrationOptions options = CalibrateParameters.options(given, host);
        checkFiles();
        try (Interruption interruption = new Interruption()) {
            Optional<CalibrationResult> result = calibrate(host, options, interruption);
            if (result.isEmpty()) {
                // Said here: nothing is said any more once the interruption is let go.
                StandardError.tell(spec, "ended before everything had been measured once");
                return;
            }
            write(result.get(), !interruption.isRequested());
        }
    }

    private Optional<CalibrationResult> calibrate(
            Host host, CalibrationOptions options, Interruption interruption) {
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        try (Progress shown = progress.begin()) {
            return Calibration.run(host, options, today, shown.named(interruption));
        }
    }

    private void checkFiles() {
        shown.check(List.of());
        csv.check(List.of(), shown);
        Path output = named.path();
        if (output == null) {
            new Given(spec).refuse(List.of(ForceOption.NAME), "is for --output; give one");
        } else {
            if (!output.toString().equals("-") && !isYaml(output)) {
                throw new InputException(
                        "--output: the name of a machine's file ends in .yaml, not " + output);
            }
            shown.checkDiffers(OutputOption.NAME, output);
            OutputFile machine = new OutputFile(OutputOption.NAME, output);
            machine.check(List.of());
            machine.checkNew(force.isGiven(), spec.commandLine().getErr());
        }
    }

    private static boolean isYaml(Path path) {
        String name = path.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private void write(CalibrationResult result, boolean complete) {
        PrintWriter out = spec.commandLine().getOut();
        Path output = named.path();
        OutputFile file = output == null ? null : new OutputFile(OutputOption.NAME, output);
        Document document =
                CalibrationText.of(result)
                        .paragraph(
                                file == null
                                        ? "--output FILE.yaml writes the machine, for --machine of"
                                                + " run and vm run."
                                        : "The machine is in " + output + ".");
        if (!csv.isQuiet() && (file == null || !file.isStandardOutput())) {
            shown.show(Written.shown(document, complete));
        }
        csv.write(CsvRenderer.text(document));
        if (file != null) {
            file.write(result.machine(), out);
        }
        shown.write(JsonFormat.CALIBRATION, CalibrationReport.of(result, Version.NUMBER), document);
    }
}
