package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;

/// Everything that a run in a virtual machine can be asked: each option once, with its bounds, its
/// default and what it is for. What needs a [Capability] is for the targets that have it.
public final class VmParameters {
    /// What it runs on.
    public static final String ON = "on";

    /// The node of the host.
    public static final String NODE = "node";

    /// Guest memory.
    public static final String MEMORY = "memory";

    /// Virtual CPUs.
    public static final String CPUS = "vcpus";

    static final String HINT = "hint";
    static final String BACKING = "backing";
    static final String FRAGMENTATION = "fragmentation";
    static final String QUANTUM = "quantum";

    private static final String HOST_MEMORY = "host-memory";
    private static final String MODE = "mode";
    private static final String GUEST_PAGES = "guest-pages";
    private static final String GUEST_KHUGEPAGED = "guest-khugepaged";
    private static final String NO_PCID = "no-pcid";
    private static final String KHUGEPAGED = "khugepaged";
    private static final String PARALLEL = "parallel";
    private static final String NO_CONTENTS = "no-contents";
    private static final String LIMIT = "limit";
    private static final String WARMUP = "warmup";
    private static final String SEED = "seed";
    private static final String FORMAT = "format";
    private static final String PROCESS = "process";

    private static final long LARGE_PAGE = 2L << 20;
    private static final long HOST_UNIT = 4L << 20;
    private static final long LEAST_MEMORY = 16L << 20;
    private static final long MOST_MEMORY = 16L << 40;
    private static final double FASTEST = 1e6;
    private static final int MOST_CPUS = 256;
    private static final int LEAST_QUANTUM = 64;
    private static final int MOST_NODES = 1024;

    private static final Parameter PROGRAMS =
            Workloads.programsAndTraces("programs, see nestwalk programs, or trace files")
                    .several();

    private static final List<Parameter> TARGET =
            List.of(
                    Parameter.choice(
                            ON,
                            "what it runs on; nestwalk doctor tells about this host",
                            VmTarget.SIM.label(),
                            VmTarget.KVM.label()),
                    simulated(
                            Machines.parameter("skylake-sp"),
                            Capability.WALK_COUNTS,
                            "it runs on this host's processor"),
                    simulated(
                            Timing.parameter(),
                            Capability.WALK_COUNTS,
                            "it runs on this host's processor"),
                    Parameter.optional(
                                    NODE,
                                    "the host's NUMA node to bind memory and threads to, where"
                                            + " there are several the first that suits unless one"
                                            + " is given",
                                    new Domain.Count(0, MOST_NODES - 1))
                            .onlyWith(
                                    ON,
                                    List.of(VmTarget.KVM.label()),
                                    "the simulated machine of vm run has one node; see nestwalk lab"
                                            + " numa"));

    private static final List<Parameter> GUEST =
            List.of(
                    memory("guest memory", 4L << 30),
                    cpus(),
                    simulated(
                            Parameter.choice(
                                    MODE,
                                    "how addresses are translated: nested as the machine has it,"
                                            + " or native without a hypervisor",
                                    "nested",
                                    "shadow",
                                    "native"),
                            Capability.SHADOW_MODE,
                            "the host decides that"),
                    Parameter.choice(
                            GUEST_PAGES,
                            "what the guest's kernel gives to first touches, thp is 2M where it"
                                    + " can",
                            "4K",
                            "thp"),
                    Parameter.optional(
                            GUEST_KHUGEPAGED,
                            "the guest's kernel makes small pages large, so many times as often as"
                                    + " Linux",
                            new Domain.Real(Double.MIN_VALUE, FASTEST, "")),
                    simulated(
                            Parameter.flag(
                                    NO_PCID,
                                    "with several programs, context switches empty the guest's TLB"
                                            + " entries"),
                            Capability.WALK_COUNTS,
                            "context switches always drop translations"));

    private static final List<Parameter> HOST =
            List.of(
                    hypervisor(
                            simulated(
                                    Parameter.optional(
                                            HOST_MEMORY,
                                            "host memory, half as much again as the guest's unless"
                                                    + " given; less than the guest's overcommits",
                                            new Domain.Size(HOST_UNIT, MOST_MEMORY, HOST_UNIT)),
                                    Capability.HOST_FRAMES,
                                    "the host has what it has")),
                    hypervisor(
                            Parameter.choice(
                                    BACKING,
                                    "how the host backs guest memory, in 4K pages at the first"
                                        + " touch, in 2M pages where it can, before the guest runs"
                                        + " (eager), made large in the background (khugepaged), or"
                                        + " out of step with the guest's large pages",
                                    BackingChoice.labels().toArray(String[]::new))),
                    hypervisor(
                            Parameter.of(
                                            KHUGEPAGED,
                                            "the host's works so many times as often as Linux's",
                                            new Domain.Real(Double.MIN_VALUE, FASTEST, ""),
                                            "1.0")
                                    .onlyWith(BACKING, BackingChoice.KHUGEPAGED.label())),
                    simulated(
                            Parameter.of(
                                    FRAGMENTATION,
                                    "fragments free host memory first, in native mode the guest's,"
                                            + " so that in a part D of it, 0 to 1, no 2M page fits:"
                                            + " none, D:random or D:clustered",
                                    new Domain.Text(
                                            "D:KIND", "", text -> Fragmentation.parse(text).spec()),
                                    "none"),
                            Capability.HOST_FRAMES,
                            "the host's memory is as it is"),
                    hypervisor(
                            simulated(
                                    Parameter.flag(
                                            HINT,
                                            "the guest announces its large pages to the host, which"
                                                    + " makes room"),
                                    Capability.COMPACTION,
                                    "the host's kernel takes none")));

    private static final List<Parameter> RUN =
            List.of(
                    Parameter.flag(
                            PARALLEL,
                            "runs each of several virtual CPUs on a thread of its own; cycles then"
                                    + " differ from run to run"),
                    Parameter.count(
                            QUANTUM,
                            "accesses of a CPU's turn",
                            1 << 14,
                            LEAST_QUANTUM,
                            Integer.MAX_VALUE),
                    Parameter.flag(
                            NO_CONTENTS,
                            "does not keep programs' data; takes less memory, and verifies"
                                    + " nothing"),
                    Parameter.optional(
                            LIMIT,
                            "takes the first accesses of each program only",
                            new Domain.Count(1, Long.MAX_VALUE)),
                    Parameter.of(
                            WARMUP,
                            "does not count the first accesses of each virtual CPU",
                            new Domain.Count(0, Long.MAX_VALUE),
                            "0"),
                    hypervisor(DirtyRateOptions.PERIOD),
                    DirtyRateOptions.SAMPLED,
                    simulated(
                            Parameter.seed("of everything random"),
                            Capability.DETERMINISTIC_TIME,
                            "nothing is drawn at random"));

    private static final List<Parameter> TRACES =
            List.of(
                    Parameter.optional(
                            FORMAT,
                            "a trace's format where its contents do not tell",
                            new Domain.Choice(
                                    Stream.of(TraceFormat.values())
                                            .map(TraceFormat::label)
                                            .toList())),
                    Parameter.optional(
                            PROCESS,
                            "of a trace of several processes, reads only the one of this number",
                            new Domain.Count(0, Long.MAX_VALUE)));

    private VmParameters() {}

    private static Parameter simulated(Parameter parameter, Capability needed, String why) {
        return parameter.onlyWith(ON, VmTarget.with(needed), "on KVM " + why);
    }

    private static Parameter hypervisor(Parameter parameter) {
        return parameter.onlyWith(
                MODE, List.of("nested", "shadow"), "there is no hypervisor under the guest");
    }

    /// The parameter that says how much memory a guest has.
    ///
    /// @param usual bytes unless told otherwise
    public static Parameter memory(String meaning, long usual) {
        return Parameter.multiple(MEMORY, meaning, usual, LARGE_PAGE, LEAST_MEMORY, MOST_MEMORY);
    }

    /// The parameter that says how many virtual CPUs a guest has.
    public static Parameter cpus() {
        return Parameter.count(
                CPUS, "virtual CPUs, each with a processor of its own", 1, 1, MOST_CPUS);
    }

    /// The parameter that says what runs: programs and traces.
    public static Parameter programs() {
        return PROGRAMS;
    }

    /// All others, in the order to show them.
    public static List<Parameter> options() {
        List<Parameter> options = new ArrayList<>(TARGET);
        options.addAll(GUEST);
        options.addAll(HOST);
        options.addAll(RUN);
        options.addAll(TRACES);
        return options;
    }

    /// All, what runs first.
    static List<Parameter> all() {
        List<Parameter> all = options();
        all.addFirst(PROGRAMS);
        return all;
    }

    /// What values of all parameters ask for.
    ///
    /// @throws org.nestwalk.InputException that names a parameter, if one would be ignored beside
    ///   the others, or cannot be used with them
    public static VmOptions options(Arguments given) {
        VmOptions options =
                new VmOptions(
                        given.texts(Workloads.PROGRAM),
                        traces(given),
                        guest(given),
                        host(given),
                        run(given),
                        EncryptionOptions.NONE);
        checkIgnored(given, options);
        options.require(target(given).capabilities());
        return options;
    }

    /// What values of all parameters ask to run on.
    public static VmTarget target(Arguments given) {
        return VmTarget.named(given.text(ON));
    }

    private static TraceChoice traces(Arguments given) {
        return new TraceChoice(
                given.has(FORMAT) ? TraceFormat.parse(given.text(FORMAT)) : null,
                given.has(PROCESS) ? (Long) given.count(PROCESS) : null);
    }

    private static GuestOptions guest(Arguments given) {
        return new GuestOptions(
                given.size(MEMORY),
                given.whole(CPUS),
                PagePolicy.parse(given.text(GUEST_PAGES).toLowerCase(Locale.ROOT)),
                given.has(GUEST_KHUGEPAGED) ? given.number(GUEST_KHUGEPAGED) : 0,
                !given.flag(NO_PCID),
                given.flag(HINT));
    }

    private static HostOptions host(Arguments given) {
        long guest = given.size(MEMORY);
        return new HostOptions(
                given.has(HOST_MEMORY) ? given.size(HOST_MEMORY) : guest + guest / 2 & -HOST_UNIT,
                given.has(MODE)
                        ? TranslationMode.valueOf(given.text(MODE).toUpperCase(Locale.ROOT))
                        : TranslationMode.NESTED,
                given.has(BACKING)
                        ? BackingChoice.parse(given.text(BACKING))
                        : BackingChoice.FIRST_TOUCH,
                given.has(KHUGEPAGED) ? given.number(KHUGEPAGED) : 1,
                given.has(FRAGMENTATION)
                        ? Fragmentation.parse(given.text(FRAGMENTATION))
                        : Fragmentation.NONE,
                HintSettings.DEFAULT);
    }

    private static RunOptions run(Arguments given) {
        return new RunOptions(
                given.whole(QUANTUM),
                given.flag(PARALLEL),
                !given.flag(NO_CONTENTS),
                given.has(LIMIT) ? given.count(LIMIT) : Long.MAX_VALUE,
                given.count(WARMUP),
                given.has(SEED) ? given.seed(SEED) : 1,
                DirtyRateOptions.of(given));
    }

    private static void checkIgnored(Arguments given, VmOptions options) {
        int programs = options.programs().size();
        if (!options.traces().equals(TraceChoice.ALL)
                && options.programs().stream().noneMatch(GuestProgram::isTrace)) {
            throw given.bad(
                    given.has(FORMAT) ? FORMAT : PROCESS, "is for traces, and no trace is given");
        }
        if (options.run().parallel() && options.guest().cpus() == 1) {
            throw given.bad(
                    PARALLEL,
                    "one virtual CPU has nothing to run beside; add %s 2 or more"
                            .formatted(given.called(CPUS)));
        }
        if (given.flag(NO_PCID) && programs == 1) {
            throw given.bad(
                    NO_PCID, "there are no context switches with one program; name several");
        }
        DirtyRateOptions.check(given, NO_CONTENTS);
        if (given.has(LIMIT) && options.run().warmup() / programs >= options.run().limit()) {
            throw given.bad(
                    WARMUP,
                    "%s leaves nothing to count of %s %s"
                            .formatted(given.text(WARMUP), given.called(LIMIT), given.text(LIMIT)));
        }
        if (options.guest().hint() && !options.guest().hasLargePages()) {
            throw given.bad(
                    HINT,
                    "a guest with small pages only has nothing to announce; add %s thp or %s"
                            .formatted(given.called(GUEST_PAGES), given.called(GUEST_KHUGEPAGED)));
        }
    }

    /// Checks that the seed, if it is given, is used for something.
    ///
    /// @param machine which may replace at random
    /// @throws org.nestwalk.InputException which says so
    public static void checkSeed(Arguments given, MachineFile machine) {
        boolean replaces =
                machine.parameters().stream()
                        .anyMatch(parameter -> parameter.value().equalsIgnoreCase("random"));
        boolean fragmented = Fragmentation.parse(given.text(FRAGMENTATION)).degree() != 0;
        DirtyRateOptions meter = DirtyRateOptions.of(given);
        boolean samples = meter != null && meter.sampled();
        if (given.isGiven(SEED) && !replaces && !fragmented && !samples) {
            throw given.bad(
                    SEED,
                    "changes nothing here: memory is not fragmented (%s), and no structure of machine %s replaces at random"
                            .formatted(given.called(FRAGMENTATION), machine.model().name()));
        }
    }
}
