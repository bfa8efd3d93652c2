package org.nestwalk.lab.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.Intrinsics;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.compare.CommonParameters;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.paging.AccessType;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What a walk that is to be explained can be asked: each parameter once, with its bounds, its
/// default and what it is for.
public final class WalkParameters {
    /// Whether the access is a read, a write or a fetch.
    public static final String ACCESS = "access";

    private static final Pattern ADDRESS = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,16})");

    private static final String GVA = "gva";
    private static final String MODE = "mode";
    private static final String NESTED = "nested";
    private static final String GUEST = "guest";
    private static final String HOST = "host";
    private static final String USER = "user";
    private static final String SUPERVISOR = "supervisor";
    private static final String IMPLICIT = "implicit";
    private static final String ENTRY = "entry";
    private static final String SET = "set";
    private static final String WARM = "warm";
    private static final String LAYOUT = "layout";

    private static final Experiment.Spec SPEC =
            new Experiment.Spec(
                    "walk",
                    "Explain one page walk, reference by reference.",
                    "the references of one walk, each at the latency of what serves it",
                    Parameter.optional(
                            GVA,
                            "the linear address, in hexadecimal",
                            new Domain.Text("GVA", "", WalkParameters::address)),
                    List.of(
                            Parameter.choice(
                                    MODE,
                                    "how addresses are translated, nested as the machine has it",
                                    Stream.concat(
                                                    Stream.of(NESTED),
                                                    Stream.of(WalkMode.values())
                                                            .map(WalkMode::label))
                                            .toArray(String[]::new)),
                            pages(GUEST, "pages of the guest").by("4K"),
                            pages(HOST, "pages of the second level, 4K unless given"),
                            CommonParameters.GUEST_LEVELS,
                            CommonParameters.HOST_LEVELS,
                            Machines.parameter("skylake-sp"),
                            Parameter.choice(
                                    ACCESS, "what the access does", "read", "write", "fetch"),
                            Parameter.flag(USER, "the access is made in user mode, as usual"),
                            Parameter.flag(SUPERVISOR, "the access is made in supervisor mode"),
                            Parameter.flag(
                                    IMPLICIT,
                                    "the processor makes the access by itself in supervisor mode,"
                                            + " as to a descriptor table"),
                            Parameter.optional(
                                            ENTRY,
                                            "changes an entry before the walk, in any order and"
                                                    + " number; see below",
                                            new Domain.Text("CHANGE", "", text -> text))
                                    .several(),
                            Parameter.optional(
                                            SET,
                                            "sets a bit of the processor's state before the walk;"
                                                    + " the names are listed below",
                                            new Domain.Text("NAME=VALUE", "", text -> text))
                                    .several(),
                            Parameter.flag(
                                    WARM,
                                    "explains the second walk: the first has filled the"
                                            + " paging-structure caches and the nested TLB"),
                            CommonParameters.layout(LAYOUT, "where frames are"),
                            CommonParameters.SEED));

    private WalkParameters() {}

    private static Parameter pages(String name, String meaning) {
        return Parameter.optional(
                name,
                meaning,
                new Domain.Text("SIZE", "4K, 2M or 1G", text -> PageSize.parse(text).label()));
    }

    private static String address(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            throw new InputException(
                    "'"
                            + text
                            + "' is not a linear address; write at most 16 hexadecimal digits, such"
                            + " as 0x7f1234567123");
        }
        return "0x" + matcher.group(1);
    }

    /// What is asked.
    public static Experiment.Spec spec() {
        return SPEC;
    }

    /// The walk that values of all parameters ask for.
    ///
    /// @throws InputException that names a parameter, if one would be ignored beside the others, or
    ///   cannot be used with them
    public static WalkQuestion question(Arguments given) {
        ProcessorModel model = Machines.named(given.text(Experiment.MACHINE)).model();
        WalkMode mode =
                given.text(MODE).equals(NESTED)
                        ? WalkMode.nested(model.translation().secondLevel())
                        : WalkMode.parse(given.text(MODE));
        PageSize guest = PageSize.parse(given.text(GUEST));
        String seed = CommonParameters.SEED.name();
        if (given.text(LAYOUT).equals("contiguous") && given.isGiven(seed)) {
            throw new InputException(
                    "%s is of a scattered layout; add %s"
                            .formatted(given.called(seed), given.called(LAYOUT)));
        }
        WalkSettings set = named(given, SET, () -> WalkSettings.parse(given.texts(SET), mode));
        return new WalkQuestion(
                Intrinsics.parseUnsigned(given.text(GVA).substring(2), 16),
                set.applyTo(kind(given) | privilege(given)),
                mode,
                guest,
                hostSize(given, mode, guest),
                given.whole(CommonParameters.GUEST_LEVELS.name()),
                hostLevels(given, mode),
                set.applyTo(model),
                given.flag(WARM),
                given.text(LAYOUT),
                given.seed(seed),
                set.state(),
                set.texts(),
                named(
                        given,
                        ENTRY,
                        () ->
                                given.texts(ENTRY).stream()
                                        .map(text -> EntryChange.parse(text, mode))
                                        .toList()));
    }

    private static <T> T named(Arguments given, String parameter, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (InputException e) {
            throw new InputException(given.called(parameter) + ": " + e.getMessage(), e);
        }
    }

    private static int kind(Arguments given) {
        return switch (given.text(ACCESS)) {
            case "write" -> AccessType.WRITE;
            case "fetch" -> AccessType.FETCH;
            default -> AccessType.READ;
        };
    }

    private static int privilege(Arguments given) {
        List<String> asked = new ArrayList<>();
        for (String one : List.of(USER, SUPERVISOR, IMPLICIT)) {
            if (given.flag(one)) {
                asked.add(given.called(one));
            }
        }
        if (asked.size() > 1) {
            throw new InputException(
                    String.join(" and ", asked) + " exclude each other; give one of them");
        }
        if (given.flag(IMPLICIT)) {
            return AccessType.IMPLICIT;
        }
        return given.flag(SUPERVISOR) ? 0 : AccessType.USER;
    }

    private static PageSize hostSize(Arguments given, WalkMode mode, PageSize guest) {
        if (!given.has(HOST)) {
            return PageSize.SIZE_4K;
        }
        PageSize size = PageSize.parse(given.text(HOST));
        if (mode == WalkMode.SHADOW && size != guest) {
            throw given.bad(
                    HOST,
                    "the shadow table has pages of the guest's size, %s; leave %s out"
                            .formatted(guest.label(), given.called(HOST)));
        }
        if (!mode.hasSecondLevelTree() && mode != WalkMode.SHADOW) {
            throw noTree(given, HOST, mode);
        }
        return size;
    }

    private static int hostLevels(Arguments given, WalkMode mode) {
        String levels = CommonParameters.HOST_LEVELS.name();
        if (!mode.hasSecondLevelTree() && given.isGiven(levels)) {
            throw noTree(given, levels, mode);
        }
        return given.whole(levels);
    }

    private static InputException noTree(Arguments given, String parameter, WalkMode mode) {
        return given.bad(
                parameter,
                "mode %s has no second-level tree; use it with ept or npt".formatted(mode.label()));
    }
}
