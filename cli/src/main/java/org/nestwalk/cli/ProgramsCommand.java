package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.report.Json;
import org.nestwalk.report.ProgramListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `nestwalk programs`: lists the programs that generate accesses, with their parameters.
@Command(
        name = "programs",
        description = "Lists the programs that generate accesses, with their parameters.",
        mixinStandardHelpOptions = true)
final class ProgramsCommand implements Runnable {
    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<ProgramListing> programs = ProgramListing.all();
        out.print(json ? Json.text(programs) : ProgramListing.text(programs));
        out.flush();
    }
}
