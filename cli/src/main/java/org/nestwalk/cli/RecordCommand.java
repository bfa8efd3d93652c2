package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.InputException;
import org.nestwalk.traces.record.RecordRequest;
import org.nestwalk.traces.record.Recorder;
import org.nestwalk.traces.record.Recording;
import org.nestwalk.traces.record.Tool;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk record`: runs a program and writes a trace of its memory accesses.
@Command(
        name = "record",
        description = {
            "Run a program and write a trace of its memory accesses.",
            "The program keeps its input and output. If it executes another program in its place,"
                + " as scripts and shims do, that one is recorded; child processes are not, and it"
                + " is said which (by lackey only of those that execute a program). Ctrl-C stops it"
                + " and keeps what was recorded.",
            "Through QEMU and with Capstone installed (libcapstone-dev), the trace says on which"
                    + " load before it each access depends, so that run gives one time, not two"
                    + " bounds.",
            "Ends with the program's own status, 0 if it was stopped at --limit, 2 on bad input."
        },
        mixinStandardHelpOptions = true)
final class RecordCommand implements Callable<Integer> {
    @Mixin private OutputOption named = new OutputOption();

    @Option(
            names = "--tool",
            paramLabel = "TOOL",
            description = {
                "How to record: auto, qemu, lackey (default: auto).",
                "auto takes qemu where qemu-user and cc are installed, else valgrind's lackey."
            })
    private Tool tool = Tool.AUTO;

    @Option(names = "--data-only", description = "Leave out instruction fetches.")
    private boolean dataOnly;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private ForceOption force = new ForceOption();

    @Parameters(
            paramLabel = "COMMAND",
            arity = "1..*",
            description = "The program and its arguments, after --.")
    private List<String> command = List.of();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        long most = limit.accesses();
        Path path = named.path();
        Path output = path == null ? Path.of("trace.nwt") : path;
        OutputFile file = new OutputFile(OutputOption.NAME, output);
        if (file.isStandardOutput()) {
            throw new InputException(
                    "--output: standard output is the program's; name a file for the trace");
        }
        file.check(List.of());
        file.checkNew(force.isGiven(), spec.commandLine().getErr());
        // Until everything is said: the program's end on Ctrl-C is not the command's.
        try (Interruption interruption = new Interruption()) {
            RecordRequest request = new RecordRequest(command, output, tool, dataOnly, most);
            Recording recording;
            try (Progress shown = progress.begin("recorded")) {
                recording = Recorder.record(request, shown);
            } catch (InputException e) {
                if (!interruption.isRequested()) {
                    throw e;
                }
                StandardError.tell(spec, String.valueOf(e.getMessage()));
                return CommandLine.ExitCode.USAGE;
            }
            RecordingText.of(request, recording).forEach(line -> StandardError.tell(spec, line));
            return recording.stopped() ? 0 : recording.exitStatus();
        }
    }
}
