package org.nestwalk.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.labs.curve.CurveExperiment;
import org.nestwalk.lab.labs.paper.PaperExperiment;
import org.nestwalk.lab.labs.validate.ValidateExperiment;
import org.nestwalk.machine.GuestFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
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
        version = "nestwalk " + Version.NUMBER,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private static final String CALIBRATE = "calibrate";
    private static final String CURVE = "curve";
    private static final String LAB = "lab";
    private static final String VALIDATE = "validate";
    private static final String VM = "vm";
    private static final String RUN = "run";
    private static final String PAPER = "paper";
    private static final String SWEEP = "sweep";
    private static final String WALK = "walk";
    private static final Pattern ONE_OF =
            Pattern.compile("expected one of \\[(.*)\\] \\(case-insensitive\\) but was ('.*')$");

    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put(CALIBRATE, CalibrateCommand.class);
        COMMANDS.put("completion", CompletionCommand.class);
        COMMANDS.put("conform", ConformCommand.class);
        COMMANDS.put(CURVE, LabRun.class);
        COMMANDS.put("diff", DiffCommand.class);
        COMMANDS.put("doctor", DoctorCommand.class);
        COMMANDS.put(LAB, LabCommand.class);
        COMMANDS.put("machines", MachinesCommand.class);
        COMMANDS.put("man", ManCommand.class);
        COMMANDS.put(PAPER, LabRun.class);
        COMMANDS.put("programs", ProgramsCommand.class);
        COMMANDS.put("record", RecordCommand.class);
        COMMANDS.put("rehearse", RehearseCommand.class);
        COMMANDS.put("report", ReportCommand.class);
        COMMANDS.put(RUN, RunCommand.class);
        COMMANDS.put("serve", ServeCommand.class);
        COMMANDS.put(SWEEP, SweepCommand.class);
        COMMANDS.put("trace", TraceCommand.class);
        COMMANDS.put(VALIDATE, LabRun.class);
        COMMANDS.put(VM, VmCommand.class);
        COMMANDS.put(WALK, WalkCommand.class);
    }

    private Main() {}

    /// Runs the command line and exits with its status.
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    private static int execute(String[] args) {
        CommandLine line = commandLine(args);
        line.setOut(
                StandardOutput.writer(
                        new FileOutputStream(FileDescriptor.out), System.out.charset()));
        return execute(line, args);
    }

    /// Runs a command line, writes what is left of its output, and returns the status to end with.
    static int execute(CommandLine line, String... args) {
        try {
            int status = line.execute(args);
            line.getOut().flush();
            return status;
        } catch (InputException e) {
            // Standard output failed outside a command: at the last bytes, or while help was
            // printed.
            return reportBadInput(line, String.valueOf(e.getMessage()));
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
    ///
    /// @param args if they begin with a command, only that one is there: reading the declarations
    ///   of all takes longer than the rest of a start
    public static CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(new Main());
        boolean one = args.length > 0 && COMMANDS.containsKey(args[0]);
        COMMANDS.forEach((name, command) -> {
            if (!one || name.equals(args[0])) {
                line.addSubcommand(
                        name,
                        switch (name) {
                            case LAB -> lab(args);
                            case CURVE -> LabRun.command(new CurveExperiment());
                            case VALIDATE -> LabRun.command(new ValidateExperiment());
                            case CALIBRATE -> CalibrateCommand.command();
                            case VM -> VmCommand.command();
                            case RUN -> RunCommand.command();
                            case PAPER -> LabRun.command(new PaperExperiment());
                            case SWEEP -> SweepCommand.command();
                            case WALK -> WalkCommand.command();
                            default -> command;
                        });
            }
        });
        Numbers.register(line);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(Output.width(System.getenv("COLUMNS")))
                .setExecutionStrategy(Main::run)
                .setParameterExceptionHandler(Main::reportBadParameter)
                .setExecutionExceptionHandler(reportBadInput());
    }

    private static CommandLine lab(String... args) {
        return LabCommand.command(args.length > 1 ? args[1] : "");
    }

    /// Runs the command that was given, or prints its help, which can fail as well.
    private static int run(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (InputException e) {
            throw new ExecutionException(parsed.commandSpec().commandLine(), "", e);
        }
    }

    private static int reportBadParameter(ParameterException exception, String[] args) {
        CommandLine command = exception.getCommandLine();
        StandardError.tell(command, inOurWords(String.valueOf(exception.getMessage())));
        PrintWriter err = command.getErr();
        if (!UnmatchedArgumentException.printSuggestions(exception, err)) {
            err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /// What the parser says of a value, as all other messages begin: with the option.
    private static String inOurWords(String message) {
        Matcher oneOf = ONE_OF.matcher(message);
        String named =
                oneOf.find()
                        ? oneOf.replaceFirst("$2 is not one of ")
                                + oneOf.group(1).toLowerCase(Locale.ROOT)
                        : message.replaceFirst("^Error: ", "");
        return named.replaceFirst(
                "^Invalid value for (?:option|positional parameter at index \\S+) '?(\\S+?)'?"
                        + "(?: \\(<?[^)]*\\))?: ",
                "$1: ");
    }

    private static int reportBadInput(CommandLine line, String message) {
        StandardError.tell(line, message);
        return CommandLine.ExitCode.USAGE;
    }

    private static IExecutionExceptionHandler reportBadInput() {
        return (exception, commandLine, parsed) -> {
            String message = userMessage(exception, commandLine);
            if (message == null) {
                throw exception;
            }
            return reportBadInput(commandLine, message);
        };
    }

    private static @Nullable String userMessage(
            @Nullable Throwable exception, CommandLine command) {
        return switch (exception) {
            case null -> null;
            case InputException bad -> {
                // A command need not have all that others can be asked.
                String option = ParameterOptions.optionName(bad.parameter());
                yield command.getCommandSpec().findOption(option) == null
                        ? bad.getMessage()
                        : option + ": " + bad.messageWithParameter();
            }
            case GuestFailure failed -> failed.getMessage();
            case NoSuchFileException missing -> "no such file: " + missing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case FileSystemException failed -> failed.getMessage();
            case InvalidPathException bad -> "not a path here: " + bad.getInput();
            case CharacterCodingException _ -> "input that is not text in UTF-8";
            case IOException failed -> failed.getMessage();
            case UncheckedIOException wrapped -> userMessage(wrapped.getCause(), command);
            default -> null;
        };
    }
}
