package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nestwalk.InputException;
import org.nestwalk.traces.record.RecordRequest;
import org.nestwalk.traces.record.Recorder;
import org.nestwalk.traces.record.Recording;
import org.nestwalk.traces.record.Tool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk record`: runs a program and writes a trace of its memory accesses.
@Command(
        name = "record",
        description = {
            "Run a program and write a trace of its memory accesses.",
            "The program keeps its input and output; its child processes are not recorded. Ctrl-C"
                    + " stops it and keeps what was recorded."
        },
        mixinStandardHelpOptions = true)
final class RecordCommand implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The trace to write (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("trace.nwt");

    @Option(
            names = "--tool",
            paramLabel = "TOOL",
            description = {
                "How to record: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
                "auto takes qemu where qemu-user and cc are installed, else valgrind's lackey."
            })
    private Tool tool = Tool.AUTO;

    @Option(names = "--data-only", description = "Leave out instruction fetches.")
    private boolean dataOnly;

    @Option(names = "--limit", paramLabel = "N", description = "Stop the program after N accesses.")
    private long limit = Long.MAX_VALUE;

    @Parameters(
            paramLabel = "COMMAND",
            arity = "1..*",
            description = "The program and its arguments, after --.")
    private List<String> command = List.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new InputException("--limit must be at least 1, not " + limit);
        }
        Recording recording;
        try (Progress progress = new Progress("recorded")) {
            recording =
                    Recorder.record(
                            new RecordRequest(command, output, tool, dataOnly, limit), progress);
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "nestwalk: recorded %,d accesses of %s with %s in %s (%,d bytes); %s%n",
                recording.accesses(),
                command.getFirst(),
                recording.recorder(),
                output,
                recording.bytes(),
                recording.stopped()
                        ? "the program was stopped"
                        : "the program ended with status " + recording.exitStatus());
        err.flush();
        return 0;
    }
}
