package org.nestwalk.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.lab.conformance.CaseFile;
import org.nestwalk.lab.conformance.Conformance;
import org.nestwalk.report.ConformanceText;
import org.nestwalk.report.ConformanceText.Tally;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk conform`: checks the walker against files of conformance cases.
@Command(
        name = "conform",
        description = {
            "Check the walker against files of conformance cases, one JSON object a line.",
            "Ends with status 0 if every access agrees, 1 if any differs, 2 on bad input."
        },
        mixinStandardHelpOptions = true)
final class ConformCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description =
                    "Files of cases (.jsonl, also compressed by gzip, xz or zstd); - is standard"
                            + " input.")
    private List<String> files = List.of();

    @Option(
            names = "--show",
            paramLabel = "N",
            description = "Explain the first N mismatches (default: ${DEFAULT-VALUE}).")
    private String show = "10";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (Interruption interruption = new Interruption()) {
            return check(interruption);
        }
    }

    private int check(Interruption interruption) {
        PrintWriter out = spec.commandLine().getOut();
        List<Tally> tallies = new ArrayList<>();
        int left = (int) WholeNumber.parse("--show", show, 0, Integer.MAX_VALUE);
        for (String file : files) {
            if (interruption.isRequested()) {
                break;
            }
            Conformance conformance = new Conformance(left);
            Tally tally = check(file, conformance, interruption);
            left -= conformance.first().size();
            tallies.add(tally);
            if (!conformance.first().isEmpty()) {
                Output.print(ConformanceText.mismatches(conformance.first()), spec);
                out.println();
            }
            // One line, however long the name: for scripts.
            out.println(ConformanceText.line(tally));
            out.flush();
        }
        Tally total = Tally.total(tallies);
        if (files.size() > 1) {
            out.println(ConformanceText.line(total));
        }
        out.flush();
        return total.mismatches() == 0 ? 0 : 1;
    }

    private static Tally check(String file, Conformance conformance, Interruption interruption) {
        String name = file.equals(STANDARD_INPUT) ? "standard input" : file;
        long start = System.nanoTime();
        try (Reader text =
                file.equals(STANDARD_INPUT)
                        ? CaseFile.read(name, System.in)
                        : CaseFile.open(file)) {
            conformance.check(name, UntilInterrupted.of(text, interruption));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Tally(
                name,
                conformance.cases(),
                conformance.accesses(),
                conformance.mismatches(),
                System.nanoTime() - start);
    }
}
