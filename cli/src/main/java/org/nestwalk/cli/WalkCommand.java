package org.nestwalk.cli;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.model.MachineModel;
import org.nestwalk.paging.AccessType;
import org.nestwalk.report.JsonFormat;
import org.nestwalk.report.walk.WalkListing;
import org.nestwalk.report.walk.WalkText;
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
            "Tables are built for that one address and walked as a processor does. A walk that ends"
                    + " in a fault is explained too."
        },
        mixinStandardHelpOptions = true)
final class WalkCommand implements Runnable {
    private static final Pattern ADDRESS = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,16})");

    @Parameters(paramLabel = "GVA", description = "The linear address, in hexadecimal.")
    private String gva = "";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description =
                    "native, ept, npt, shadow or flat (default: nested paging as the machine has"
                            + " it, ept or npt).")
    private @Nullable String mode;

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

    @Option(
            names = "--guest-levels",
            paramLabel = "N",
            description = "Levels of the guest's table: 4 or 5 (default: ${DEFAULT-VALUE}).")
    private int guestLevels = 4;

    @Option(
            names = "--host-levels",
            paramLabel = "N",
            description = "Levels of the second-level table: 4 or 5 (default: ${DEFAULT-VALUE}).")
    private int hostLevels = 4;

    @Option(
            names = "--machine",
            paramLabel = "NAME",
            description = "A machine, as `nestwalk machines` lists (default: ${DEFAULT-VALUE}).")
    private String machine = "skylake-sp";

    @Option(
            names = "--op",
            paramLabel = "OP",
            description = "read, write or fetch (default: ${DEFAULT-VALUE}).")
    private String op = "read";

    @Option(
            names = "--warm",
            description =
                    "Explain the second walk: the first has filled the paging-structure caches and"
                            + " the nested TLB.")
    private boolean warm;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description = "Where frames are: contiguous or scattered (default: ${DEFAULT-VALUE}).")
    private String layout = "contiguous";

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of a scattered layout (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin private Output output = new Output();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        output.check(List.of());
        WalkExplanation walk = WalkExplainer.explain(question());
        output.show(WalkText.of(walk));
        output.write(JsonFormat.WALK, WalkListing.of(walk));
    }

    private WalkQuestion question() {
        long address = address(gva);
        MachineModel model = Machines.named(machine).model();
        WalkMode chosen =
                mode == null ? WalkMode.nested(model.secondLevel()) : WalkMode.parse(mode);
        PageSize guestSize = size("--guest", guest);
        if (layout.equals("contiguous")) {
            new Given(spec).refuse(List.of("--seed"), "is of a scattered layout; add --layout");
        }
        return new WalkQuestion(
                address,
                access(op) | AccessType.USER,
                chosen,
                guestSize,
                hostSize(chosen, guestSize),
                levels("--guest-levels", guestLevels),
                hostLevels(chosen),
                model,
                warm,
                layout,
                seed);
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

    private static int access(String text) {
        return switch (text) {
            case "read" -> AccessType.READ;
            case "write" -> AccessType.WRITE;
            case "fetch" -> AccessType.FETCH;
            default ->
                    throw new InputException(
                            "--op: '" + text + "' is none of read, write and fetch");
        };
    }

    private static PageSize size(String option, String text) {
        try {
            return PageSize.parse(text);
        } catch (InputException e) {
            throw new InputException(option + ": " + e.getMessage(), e);
        }
    }

    private static int levels(String option, int levels) {
        if (levels != 4 && levels != 5) {
            throw new InputException(option + ": tables have 4 or 5 levels, not " + levels);
        }
        return levels;
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
        if (!chosen.hasSecondLevelTree() && new Given(spec).has("--host-levels")) {
            throw new InputException(noTree("--host-levels", chosen));
        }
        return levels("--host-levels", hostLevels);
    }

    private static String noTree(String option, WalkMode chosen) {
        return "%s: mode %s has no second-level tree; use it with ept or npt"
                .formatted(option, chosen.label());
    }
}
