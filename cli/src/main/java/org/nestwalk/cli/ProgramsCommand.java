package org.nestwalk.cli;

import java.util.List;
import java.util.Map;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.report.ProgramListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `nestwalk programs`: lists the programs that generate accesses, with their parameters.
@Command(
        name = "programs",
        description = "List the programs that generate accesses, with their parameters.",
        mixinStandardHelpOptions = true)
final class ProgramsCommand implements Runnable {
    @Mixin private Output output = new Output();

    @Override
    public void run() {
        output.check(List.of());
        List<ProgramListing> programs = ProgramListing.all();
        Document document = ProgramListing.document(programs);
        output.show(document);
        output.write(JsonFormat.PROGRAMS, Map.of("programs", programs), document);
    }
}
