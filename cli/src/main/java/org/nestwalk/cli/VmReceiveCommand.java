package org.nestwalk.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.migration.move.ArrivalResult;
import org.nestwalk.lab.migration.move.MoveEvent;
import org.nestwalk.lab.migration.move.MoveParameters;
import org.nestwalk.lab.migration.move.Reception;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.migration.MoveText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk vm receive --listen HOST:PORT`: a guest comes from another process.
@Command(
        name = "receive",
        description = {
            "Wait for a virtual machine that vm migrate sends, run its programs to their end, and"
                    + " compare their checksums with plain execution. Ctrl-C ends it as long as"
                    + " the guest is the other side's.",
            "Ends with status 0 if the guest arrived and all checksums are right, 1 if one is wrong"
                    + " or the guest could not go on, 2 on bad input, 3 if no guest has arrived, 4"
                    + " if it is not known which side has it; then it is kept in a file."
        },
        mixinStandardHelpOptions = true)
final class VmReceiveCommand implements Callable<Integer> {
    private static final int NOT_ARRIVED = 3;
    private static final int IN_DOUBT = 4;

    private final ParameterOptions parameters = new ParameterOptions(MoveParameters.receive());

    @Mixin private KeepOption keep = new KeepOption();
    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();
    @Mixin private EventsOption events = new EventsOption();
    @Mixin private ProgressOption progress = new ProgressOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    private VmReceiveCommand() {}

    /// The command, with what can be asked as options.
    static CommandLine command() {
        VmReceiveCommand receive = new VmReceiveCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(receive);
        receive.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        output.check(List.of());
        csv.check(List.of(), output);
        events.open(List.of(), output, csv);
        try (Interruption interruption = Interruption.ofPart();
                EventsOption _ = events) {
            ArrivalResult result;
            try (Progress shown = progress.begin()) {
                result =
                        Reception.run(
                                given,
                                keep.path(),
                                shown.named(interruption),
                                this::tell,
                                this::listening);
            }
            Document document = MoveText.of(result);
            if (!isQuiet()) {
                output.show(document);
            }
            csv.write(CsvRenderer.text(document));
            output.write(JsonFormat.ARRIVAL, result, document);
            return switch (result.fate()) {
                case ARRIVED -> result.isVerified() ? 0 : 1;
                case LOST -> 1;
                case NOT_ARRIVED -> NOT_ARRIVED;
                case IN_DOUBT -> IN_DOUBT;
            };
        }
    }

    private boolean isQuiet() {
        return csv.isQuiet() || events.isQuiet();
    }

    private void listening(int port) {
        if (!isQuiet()) {
            output.announce("Listening on port %d.".formatted(port));
        }
    }

    private void tell(MoveEvent event) {
        events.write(event);
        if (event.isProblem()) {
            StandardError.tell(spec, String.valueOf(event.reason()));
        }
    }
}
