package org.nestwalk.lab.compare;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.memory.PhysicalZone;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;

/// Parameters that several commands have: how much of a workload is run, how traces are read, and
/// how many levels tables have.
public final class CommonParameters {
    /// Most accesses to take.
    public static final Parameter LIMIT =
            Parameter.optional(
                    "limit",
                    "takes the first accesses only, such as 5000000 or 5M",
                    new Domain.Count(1, Long.MAX_VALUE));

    /// Accesses that are made and not counted.
    public static final Parameter WARMUP =
            Parameter.of(
                    "warmup",
                    "does not count the first accesses",
                    new Domain.Count(0, Long.MAX_VALUE),
                    "0");

    /// What random numbers start from.
    public static final Parameter SEED = Parameter.seed("of everything random");

    /// A trace's format.
    public static final Parameter FORMAT =
            Parameter.optional(
                    "format",
                    "a trace's format where its contents do not tell",
                    new Domain.Text(
                            "FORMAT",
                            Stream.of(TraceFormat.values())
                                    .map(TraceFormat::label)
                                    .collect(Collectors.joining(", ")),
                            text -> TraceFormat.parse(text).label()));

    /// A process of a trace.
    public static final Parameter PROCESS =
            Parameter.optional(
                    "process",
                    "of a trace of several processes, reads only the one of this number",
                    new Domain.Count(0, Long.MAX_VALUE));

    /// Levels of the guest's tables.
    public static final Parameter GUEST_LEVELS =
            Parameter.choice("guest-levels", "levels of guest and native tables", "4", "5");

    /// Levels of second-level tables.
    public static final Parameter HOST_LEVELS =
            Parameter.choice("host-levels", "levels of second-level tables", "4", "5");

    private CommonParameters() {}

    /// A layout of physical memory.
    ///
    /// @param meaning what it is the layout of
    public static Parameter layout(String name, String meaning) {
        return Parameter.of(
                name,
                meaning
                        + ": contiguous, ascending, as if the program had written all of its memory"
                        + " before, scattered, or fragmented:D, contiguous but for the part D, 0 to"
                        + " 1, of frames",
                new Domain.Text("LAYOUT", "", CommonParameters::checkedLayout),
                "contiguous");
    }

    private static String checkedLayout(String text) {
        var _ = FrameLayout.parse(text, PhysicalZone.DEFAULT, 0);
        return text;
    }

    /// The value of [#LIMIT]; [Long#MAX_VALUE] for all.
    public static long limit(Arguments given) {
        return given.has(LIMIT.name()) ? given.count(LIMIT.name()) : Long.MAX_VALUE;
    }

    /// How traces are read, by [#FORMAT] and [#PROCESS].
    public static TraceChoice traces(Arguments given) {
        return new TraceChoice(
                given.has(FORMAT.name()) ? TraceFormat.parse(given.text(FORMAT.name())) : null,
                given.has(PROCESS.name()) ? (Long) given.count(PROCESS.name()) : null);
    }
}
