package org.nestwalk.lab.labs.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.compare.CommonParameters;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.compare.sample.Sampling;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.traces.Traces;

/// What a comparison of setups can be asked: each parameter once, with its bounds, its default and
/// what it is for.
public final class RunParameters {
    /// The length of intervals.
    public static final String INTERVAL = "interval";

    /// What is compared.
    public static final String SETUPS = "setups";

    /// All setups that there are.
    public static final String ALL = "all";

    static final String GUEST_LAYOUT = "guest-layout";
    static final String HOST_LAYOUT = "host-layout";

    /// Worker threads.
    public static final String THREADS = "threads";

    /// Whether only samples are simulated.
    public static final String SAMPLE = "sample";

    /// Whether it is counted by page and time, too.
    public static final String MAP = "map";

    private static final String CONFIDENCE = "confidence";
    private static final String PRECISION = "precision";
    private static final int MOST_THREADS = 1024;

    private static final Parameter WORKLOADS =
            Workloads.programsAndTraces("trace files (- is standard input) or programs").several();

    private static final List<Parameter> OPTIONS =
            List.of(
                    Machines.parameter("skylake-sp"),
                    Timing.parameter(),
                    new Parameter(
                            SETUPS,
                            "what to compare: all, or native:SIZE, nested:GUEST/HOST, shadow:SIZE,"
                                    + " flat:SIZE, with sizes 4K, 2M, 1G, or for pages of 4K: "
                                    + String.join(", ", Setups.ofSmallPages()),
                            new Domain.Text("SETUP", "", RunParameters::setup),
                            Setups.DEFAULT,
                            true,
                            List.of()),
                    CommonParameters.LIMIT,
                    CommonParameters.WARMUP,
                    Parameter.optional(
                            INTERVAL,
                            "also gives results for every so many accesses, in JSON and CSV",
                            new Domain.Count(1, Long.MAX_VALUE)),
                    Parameter.flag(
                            MAP,
                            "also gives where accesses go and miss, by range of addresses and"
                                    + " time, in JSON and reports; takes longer"),
                    Parameter.flag(
                            SAMPLE,
                            "simulates samples only, as many as tell the share of translation, and"
                                    + " gives its interval"),
                    Parameter.number(
                                    CONFIDENCE,
                                    "with which the interval of a sample holds the exact share",
                                    0.95,
                                    0.5,
                                    0.999)
                            .onlyWith(SAMPLE, Domain.Flag.SET),
                    Parameter.number(
                                    PRECISION,
                                    "half of an interval's width that is narrow enough, as a part"
                                            + " of the share",
                                    0.02,
                                    0.001,
                                    0.5)
                            .onlyWith(SAMPLE, Domain.Flag.SET),
                    CommonParameters.SEED,
                    CommonParameters.layout(GUEST_LAYOUT, "where guest-physical frames are"),
                    CommonParameters.layout(HOST_LAYOUT, "where host-physical frames are"),
                    CommonParameters.GUEST_LEVELS,
                    CommonParameters.HOST_LEVELS,
                    Parameter.optional(
                            THREADS,
                            "worker threads, on which results do not depend; as many as there are"
                                    + " processors unless given",
                            new Domain.Count(1, MOST_THREADS)),
                    CommonParameters.FORMAT,
                    CommonParameters.PROCESS);

    private RunParameters() {}

    private static String setup(String text) {
        if (!text.equals(ALL)) {
            var _ = Setups.parse(text);
        }
        return text;
    }

    /// The parameter that says what runs.
    static Parameter workloads() {
        return WORKLOADS;
    }

    /// All others, in the order to show them.
    static List<Parameter> options() {
        return OPTIONS;
    }

    /// All that are not about intervals and maps, in the order to show them.
    public static List<Parameter> withoutIntervals() {
        return OPTIONS.stream()
                .filter(one -> !one.name().equals(INTERVAL) && !one.name().equals(MAP))
                .toList();
    }

    /// What values of all parameters ask for.
    ///
    /// @throws InputException that names a parameter, if one would be ignored beside the others, or
    ///   cannot be used with them
    static CompareOptions options(Arguments given, ProcessorModel machine) {
        return options(given, machine, given.has(INTERVAL) ? given.count(INTERVAL) : 0);
    }

    /// What values of [#withoutIntervals] and the workload ask for.
    ///
    /// @throws InputException that names a parameter, if one would be ignored beside the others, or
    ///   cannot be used with them
    public static CompareOptions withoutIntervals(Arguments given, ProcessorModel machine) {
        return options(given, machine, 0);
    }

    private static CompareOptions options(Arguments given, ProcessorModel machine, long interval) {
        List<String> setups = setups(given);
        checkIgnored(given, setups);
        long limit = CommonParameters.limit(given);
        String warmup = CommonParameters.WARMUP.name();
        if (given.count(warmup) >= limit) {
            String most = CommonParameters.LIMIT.name();
            throw new InputException(
                    "%s %s leaves nothing to count of %s %s"
                            .formatted(
                                    given.called(warmup),
                                    given.text(warmup),
                                    given.called(most),
                                    given.text(most)));
        }
        return new CompareOptions(
                machine,
                setups,
                limit,
                given.count(warmup),
                interval,
                given.seed(CommonParameters.SEED.name()),
                given.text(GUEST_LAYOUT),
                given.text(HOST_LAYOUT),
                guestLevels(given),
                given.whole(CommonParameters.HOST_LEVELS.name()),
                given.has(THREADS)
                        ? given.whole(THREADS)
                        : Runtime.getRuntime().availableProcessors());
    }

    /// The machine to run on. Samples are of blocking ones: what overlaps is not a sum over
    /// accesses, which an estimate could be made of.
    ///
    /// @throws InputException if there is no such machine
    static MachineFile machine(Arguments given) {
        MachineFile machine = Timing.machine(given);
        if (!given.flag(SAMPLE) || machine.model().overlap() == null) {
            return machine;
        }
        refuse(
                given,
                Timing.NAME,
                "overlap is of all accesses, and not of " + given.called(SAMPLE));
        return new MachineFile(machine.model().withOverlap(null), machine.parameters());
    }

    /// Whether it is to be counted by page and time, too.
    static boolean isMapped(Arguments given) {
        return given.flag(MAP);
    }

    /// How well a sample is to know shares; null if everything is to be simulated.
    static @Nullable Sampling sampling(Arguments given) {
        return given.flag(SAMPLE)
                ? new Sampling(given.number(CONFIDENCE), given.number(PRECISION))
                : null;
    }

    /// The levels of the guest's tables, which say what addresses are canonical.
    static int guestLevels(Arguments given) {
        return given.whole(CommonParameters.GUEST_LEVELS.name());
    }

    private static List<String> setups(Arguments given) {
        List<String> asked = given.texts(SETUPS);
        if (asked.equals(List.of(ALL))) {
            return Setups.all();
        }
        if (asked.contains(ALL)) {
            throw given.bad(SETUPS, "all are all that there are; name no others beside");
        }
        if (new HashSet<>(asked).size() < asked.size()) {
            throw given.bad(SETUPS, "names a setup twice: " + String.join(",", asked));
        }
        return asked;
    }

    private static void checkIgnored(Arguments given, List<String> setups) {
        if (given.texts(Workloads.PROGRAM).stream().noneMatch(RunParameters::isTrace)) {
            refuse(given, CommonParameters.FORMAT.name(), "is for traces, and no trace is given");
        }
        if (given.flag(SAMPLE)) {
            refuse(given, INTERVAL, "is of all accesses, and not of " + given.called(SAMPLE));
            refuse(given, MAP, "is of all accesses, and not of " + given.called(SAMPLE));
        }
        String named = ", and " + given.called(SETUPS) + " names none";
        if (setups.stream().noneMatch(name -> name.startsWith("nested"))) {
            refuse(given, CommonParameters.HOST_LEVELS.name(), "is for nested setups" + named);
        }
        if (setups.stream().noneMatch(Setups::hasGuest)) {
            refuse(
                    given,
                    GUEST_LAYOUT,
                    "is for setups with a guest" + named + "; use " + given.called(HOST_LAYOUT));
        }
    }

    private static void refuse(Arguments given, String parameter, String why) {
        if (given.isGiven(parameter)) {
            throw new InputException(given.called(parameter) + " " + why);
        }
    }

    private static boolean isTrace(String name) {
        return name.equals(Traces.STANDARD_INPUT) || Files.exists(Path.of(name));
    }
}
