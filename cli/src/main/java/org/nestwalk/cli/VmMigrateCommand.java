package org.nestwalk.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.migration.move.Departure;
import org.nestwalk.lab.migration.move.MoveParameters;
import org.nestwalk.lab.migration.move.MoveResult;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.migration.MoveText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk vm migrate PROGRAM|TRACE --to HOST:PORT`: a guest goes to another process.
@Command(
        name = "migrate",
        description = {
            "Run a program or a trace in a virtual machine up to some access, and have it go on in"
                    + " another process, which runs vm receive. It runs on meanwhile. Ctrl-C ends"
                    + " the migration, and the program goes on to its end here.",
            "Ends with status 0 if the guest has moved, 1 if it ended here with a wrong"
                    + " checksum, 2 on bad input, 3 if it stayed and ended with the right one, 4 if"
                    + " it is not known which side has it; then it is kept in a file."
        },
        mixinStandardHelpOptions = true)
final class VmMigrateCommand implements Callable<Integer> {
    private static final int STAYED = 3;
    private static final int IN_DOUBT = 4;

    private final ParameterOptions parameters = new ParameterOptions(MoveParameters.migrate());

    @Mixin private KeepOption keep = new KeepOption();
    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();
    @Mixin private EventsOption events = new EventsOption();
    @Mixin private ProgressOption progress = new ProgressOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    private VmMigrateCommand() {}

    /// The command, with what can be asked as options.
    static CommandLine command() {
        VmMigrateCommand migrate = new VmMigrateCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(migrate);
        migrate.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        List<String> inputs = List.of(given.text(Workloads.PROGRAM));
        output.check(inputs);
        csv.check(inputs, output);
        events.open(inputs, output, csv);
        try (Interruption interruption = Interruption.ofPart();
                EventsOption told = events) {
            MoveResult result;
            try (Progress shown = progress.begin()) {
                result = Departure.run(given, keep.path(), shown.named(interruption), told::write);
            }
            Document document = MoveText.of(result);
            if (!csv.isQuiet() && !events.isQuiet()) {
                output.show(document);
            }
            csv.write(CsvRenderer.text(document));
            output.write(JsonFormat.MIGRATION, result, document);
            return switch (result.fate()) {
                case MOVED -> result.isVerified() ? 0 : 1;
                case STAYED -> result.isVerified() ? STAYED : 1;
                case IN_DOUBT -> IN_DOUBT;
            };
        }
    }
}
