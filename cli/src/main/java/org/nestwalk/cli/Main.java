package org.nestwalk.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.machine.GuestFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: `nestwalk COMMAND ...`.
///
/// Exit status 0 for success, 1 when a check found differences, 2 for bad input (one clear message
/// on standard error and no stack trace). Anything else is a defect of Nestwalk and does show a
/// trace.
@Command(
        name = "nestwalk",
        description = "A laboratory for virtualised memory.",
        mixinStandardHelpOptions = true,
        version = "nestwalk " + Main.VERSION,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CalibrateCommand.class,
            ConformCommand.class,
            DoctorCommand.class,
            LabCommand.class,
            MachinesCommand.class,
            ProgramsCommand.class,
            RecordCommand.class,
            RehearseCommand.class,
            RunCommand.class,
            TraceCommand.class,
            VmCommand.class,
            WalkCommand.class
        })
public final class Main {
    /// Nestwalk's version, part of every manifest.
    static final String VERSION = "0.1.0";

    private Main() {}

    /// Runs the command line and exits with its status.
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    private static int execute(String[] args) {
        try {
            return commandLine().execute(args);
        } catch (OutOfMemoryError e) {
            System.err.printf(
                    "nestwalk: out of memory at %d MiB of heap; page tables of sparse or large"
                        + " footprints need it. Compare fewer setups (--setups of run), keep no"
                        + " contents (--no-contents of vm run), use a smaller footprint, or allow"
                        + " more, as with NESTWALK_JAVA_OPTS=-Xmx20g%n",
                    Runtime.getRuntime().maxMemory() >> 20);
            return CommandLine.ExitCode.USAGE;
        }
    }

    /// The configured command line; tests give it their own writers.
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::reportBadParameter)
                .setExecutionExceptionHandler(reportBadInput());
    }

    private static int reportBadParameter(ParameterException exception, String[] args) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("nestwalk: " + exception.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(exception, err)) {
            err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static IExecutionExceptionHandler reportBadInput() {
        return (exception, commandLine, parsed) -> {
            String message = userMessage(exception);
            if (message == null) {
                throw exception;
            }
            PrintWriter err = commandLine.getErr();
            err.println("nestwalk: " + message);
            err.flush();
            return CommandLine.ExitCode.USAGE;
        };
    }

    private static @Nullable String userMessage(@Nullable Throwable exception) {
        return switch (exception) {
            case null -> null;
            case InputException bad -> bad.getMessage();
            case GuestFailure failed -> failed.getMessage();
            case NoSuchFileException missing -> "no such file: " + missing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case FileSystemException failed -> failed.getMessage();
            case UncheckedIOException wrapped -> userMessage(wrapped.getCause());
            default -> null;
        };
    }
}
