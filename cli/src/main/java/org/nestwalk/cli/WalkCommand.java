package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.explorer.ExplorerPage;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkParameters;
import org.nestwalk.lab.explain.WalkSettings;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.walk.WalkListing;
import org.nestwalk.report.walk.WalkText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk walk`: explains one page walk, reference by reference.
@Command(
        name = "walk",
        description = {
            "Explain one page walk, reference by reference.",
            "Tables are built for that one address and walked as a processor does. With --entry and"
                    + " --set they and the processor's state are changed before, and a walk that"
                    + " ends in a fault is explained too: up to where it stops, who is told, and"
                    + " which entries and rules refuse."
        },
        mixinStandardHelpOptions = true)
final class WalkCommand implements Runnable {
    // What the parameter of an access was called before it had its name.
    private static final Map<String, String> ALIASES = Map.of(WalkParameters.ACCESS, "--op");

    private static final List<String> CHANGES =
            List.of(
                    "",
                    "A CHANGE of --entry is PLACE.FIELD=VALUE, or PLACE=VALUE for all of it.",
                    "PLACE is guest.LEVEL (1 the PTE to 5), second.LEVEL on the way to the data"
                            + " page, or second.guestLEVEL.LEVEL on the way to the guest's table of"
                            + " that level. An entry through which several translations go changes"
                            + " for all of them.",
                    "FIELD of guest and NPT entries: P W U PWT PCD A D PS G PK NX ADDR; of EPT"
                            + " entries: R W X MT IPAT PS A D XU ADDR; of all: bit0 to bit63, and"
                            + " RSVD=1 for the lowest bit that is reserved there.",
                    "Examples: --entry guest.2.P=0, --entry second.data.1.W=0, --entry"
                            + " second.guest3.1.R=0, --entry guest.1.PK=5.",
                    "",
                    "Names of --set (and their defaults):");

    private final ParameterOptions parameters =
            new ParameterOptions(WalkParameters.spec(), ALIASES);

    @Mixin private Output output = new Output();

    @Mixin private CsvOutput csv = new CsvOutput();

    @Spec private CommandSpec spec = CommandSpec.create();

    private WalkCommand() {}

    /// The command, with what a walk can be asked as options.
    static CommandLine command() {
        WalkCommand walk = new WalkCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(walk);
        walk.parameters.addTo(spec);
        List<String> footer = new ArrayList<>(CHANGES);
        WalkSettings.help().forEach(line -> footer.add("  " + line));
        spec.usageMessage().footer(footer.toArray(String[]::new));
        return new CommandLine(spec);
    }

    @Override
    public void run() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        output.check(List.of());
        csv.check(List.of(), output);
        WalkExplanation walk = WalkExplainer.explain(WalkParameters.question(given));
        Document document = WalkText.of(walk);
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(
                JsonFormat.WALK,
                WalkListing.of(walk),
                document,
                report -> ExplorerPage.html(given, report));
    }
}
