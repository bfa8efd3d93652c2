package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.explain.EntryChange;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.explain.WalkSettings;
import org.nestwalk.mmu.model.MachineModel;
import org.nestwalk.paging.AccessType;
import org.nestwalk.report.walk.WalkListing;
import org.nestwalk.report.walk.WalkText;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
    private static final Pattern ADDRESS = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,16})");

    @Parameters(paramLabel = "GVA", description = "The linear address, in hexadecimal.")
    private String gva = "";

    @Mixin private ModeOption mode = new ModeOption();

    @Option(
            names = "--guest",
            paramLabel = "SIZE",
            description = "Pages of the guest: 4K, 2M or 1G (default: ${DEFAULT-VALUE}).")
    private String guest = "4K";

    @Option(
            names = "--host",
            paramLabel = "SIZE",
            description = "Pages of the second level: 4K, 2M or 1G (default: 4K).")
    private @Nullable String host;

    @Mixin private LevelOptions levels = new LevelOptions();

    @Mixin private MachineOption machine = new MachineOption();

    @Option(
            names = {"--access", "--op"},
            paramLabel = "KIND",
            description = "read, write or fetch (default: ${DEFAULT-VALUE}).")
    private String access = "read";

    @ArgGroup private Privilege privilege = new Privilege();

    /// Who makes the access.
    private static final class Privilege {
        @Option(names = "--user", description = "The access is made in user mode (the default).")
        private boolean user;

        @Option(names = "--supervisor", description = "The access is made in supervisor mode.")
        private boolean supervisor;

        @Option(
                names = "--implicit",
                description =
                        "The processor makes the access by itself in supervisor mode, as to a"
                                + " descriptor table.")
        private boolean implicit;

        int type() {
            if (user || !(supervisor || implicit)) {
                return AccessType.USER;
            }
            return implicit ? AccessType.IMPLICIT : 0;
        }
    }

    @Option(
            names = "--entry",
            paramLabel = "CHANGE",
            description = {
                "Change an entry before the walk, in any order and number: PLACE.FIELD=VALUE, or"
                        + " PLACE=VALUE for all of it.",
                "PLACE is guest.LEVEL (1 the PTE to 5), second.LEVEL on the way to the data page,"
                    + " or second.guestLEVEL.LEVEL on the way to the guest's table of that level."
                    + " An entry through which several translations go changes for all of them.",
                "FIELD of guest and NPT entries: P W U PWT PCD A D PS G PK NX ADDR; of EPT entries:"
                        + " R W X MT IPAT PS A D XU ADDR; of all: bit0 to bit63, and RSVD=1 for the"
                        + " lowest bit that is reserved there.",
                "Examples: --entry guest.2.P=0, --entry second.data.1.W=0, --entry"
                        + " second.guest3.1.R=0, --entry guest.1.PK=5."
            })
    private List<String> entries = List.of();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "Set a bit of the processor's state before the walk; the names are listed"
                            + " below, with what they are otherwise.")
    private List<String> settings = List.of();

    @Option(
            names = "--warm",
            description =
                    "Explain the second walk: the first has filled the paging-structure caches and"
                            + " the nested TLB.")
    private boolean warm;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description =
                    "Where frames are: contiguous, scattered, or fragmented:D, contiguous but for"
                            + " the part D (0 to 1) of frames (default: ${DEFAULT-VALUE}).")
    private String layout = "contiguous";

    @Mixin private SeedOption seed = new SeedOption();

    @Mixin private Output output = new Output();

    private CommandSpec spec = CommandSpec.create();

    @Spec
    void describe(CommandSpec given) {
        spec = given;
        List<String> names = new ArrayList<>(List.of("", "Names of --set (and their defaults):"));
        WalkSettings.help().forEach(line -> names.add("  " + line));
        spec.usageMessage().footer(names.toArray(String[]::new));
    }

    @Override
    public void run() {
        output.check(List.of());
        WalkExplanation walk = WalkExplainer.explain(question());
        output.show(WalkText.of(walk));
        output.write(JsonFormat.WALK, WalkListing.of(walk));
    }

    private WalkQuestion question() {
        long address = address(gva);
        MachineModel model = machine.machine().model();
        WalkMode chosen =
                mode.text().equalsIgnoreCase(ModeOption.NESTED)
                        ? WalkMode.nested(model.translation().secondLevel())
                        : WalkMode.parse(mode.text());
        PageSize guestSize = size("--guest", guest);
        if (layout.equals("contiguous")) {
            new Given(spec)
                    .refuse(List.of(SeedOption.NAME), "is of a scattered layout; add --layout");
        }
        WalkSettings set = withOption("--set", () -> WalkSettings.parse(settings, chosen));
        return new WalkQuestion(
                address,
                set.applyTo(kind(access) | privilege.type()),
                chosen,
                guestSize,
                hostSize(chosen, guestSize),
                levels.guest(),
                hostLevels(chosen),
                set.applyTo(model),
                warm,
                layout,
                seed.seed(),
                set.state(),
                set.texts(),
                withOption(
                        "--entry",
                        () ->
                                entries.stream()
                                        .map(text -> EntryChange.parse(text, chosen))
                                        .toList()));
    }

    private static <T> T withOption(String option, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (InputException e) {
            throw new InputException(option + ": " + e.getMessage(), e);
        }
    }

    private static long address(String text) {
        var matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            throw new InputException(
                    "'"
                            + text
                            + "' is not a linear address; write at most 16 hexadecimal digits, such"
                            + " as 0x7f1234567123");
        }
        return Long.parseUnsignedLong(matcher.group(1), 16);
    }

    private static int kind(String text) {
        return switch (text) {
            case "read" -> AccessType.READ;
            case "write" -> AccessType.WRITE;
            case "fetch" -> AccessType.FETCH;
            default ->
                    throw new InputException(
                            "--access: '" + text + "' is none of read, write and fetch");
        };
    }

    private static PageSize size(String option, String text) {
        return withOption(option, () -> PageSize.parse(text));
    }

    private PageSize hostSize(WalkMode chosen, PageSize guestSize) {
        PageSize size = host == null ? PageSize.SIZE_4K : size("--host", host);
        if (chosen.hasSecondLevelTree() || host == null) {
            return size;
        }
        if (chosen == WalkMode.SHADOW && size != guestSize) {
            throw new InputException(
                    "--host: the shadow table has pages of the guest's size, %s; leave --host out"
                            .formatted(guestSize.label()));
        }
        if (chosen != WalkMode.SHADOW) {
            throw new InputException(noTree("--host", chosen));
        }
        return size;
    }

    private int hostLevels(WalkMode chosen) {
        int host = levels.host();
        if (!chosen.hasSecondLevelTree() && new Given(spec).has(LevelOptions.HOST)) {
            throw new InputException(noTree(LevelOptions.HOST, chosen));
        }
        return host;
    }

    private static String noTree(String option, WalkMode chosen) {
        return "%s: mode %s has no second-level tree; use it with ept or npt"
                .formatted(option, chosen.label());
    }
}
