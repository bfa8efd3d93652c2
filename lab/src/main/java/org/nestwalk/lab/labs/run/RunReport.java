package org.nestwalk.lab.labs.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Release;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.sample.SampledResult;
import org.nestwalk.lab.experiment.ExperimentReport;
import org.nestwalk.lab.experiment.ExperimentReport.Said;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.setup.Setups;

/// A comparison as JSON; one of the runs of a [RunResult].
///
/// Holds nothing that differs between two runs of the same thing: no times, rates, threads or
/// paths.
///
/// @param workload what ran
/// @param accesses accesses counted by every setup
/// @param nonCanonical accesses left out because their addresses are not canonical
/// @param warnings what to know of the trace, such as what was left out; left out if there is
///   nothing
/// @param complete false if it was interrupted
/// @param setups what each setup cost
/// @param intervals the same for each interval; left out if there are none
/// @param dependence which accesses depend on which: `declared` by the program, `derived` from its
///   instructions by the recorder of a trace, or `unknown`: then `cycles` is what it takes if no
///   access depends on another, and `blockingCycles` what it takes if each does
/// @param sample how the setups' figures were estimated, and how well; left out if everything was
///   simulated
/// @param footprint where accesses went and missed; left out unless asked for
/// @param claims what the run says, in order
/// @param manifest all that is needed to run it again
public record RunReport(
        String workload,
        long accesses,
        long nonCanonical,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings,
        boolean complete,
        List<SetupReport> setups,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Interval> intervals,
        String dependence,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SampleReport sample,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FootprintReport footprint,
        List<Said> claims,
        Manifest manifest) {
    /// Copies the lists.
    public RunReport {
        warnings = List.copyOf(warnings);
        setups = List.copyOf(setups);
        intervals = List.copyOf(intervals);
        claims = List.copyOf(claims);
    }

    /// One interval.
    ///
    /// @param index from 0
    /// @param setups what each setup cost in it
    public record Interval(int index, List<SetupReport> setups) {
        /// Copies the list.
        public Interval {
            setups = List.copyOf(setups);
        }
    }

    /// All that is needed to run it again.
    ///
    /// @param version Nestwalk's
    /// @param workload a trace's digest or a program's full text
    /// @param machine the machine's name
    /// @param parameters every parameter of the machine with its source
    /// @param setups in order
    /// @param seed of layouts and random replacement
    /// @param limit most accesses run; left out if there was no limit
    /// @param warmup accesses run first and not counted
    /// @param interval accesses an interval
    /// @param guestLayout layout of guest-physical memory
    /// @param hostLayout layout of host-physical memory
    /// @param guestLevels levels of guest and native tables
    /// @param hostLevels levels of second-level tables
    /// @param model what the cycles mean
    public record Manifest(
            String version,
            String workload,
            String machine,
            List<MachineFile.Parameter> parameters,
            List<String> setups,
            long seed,
            @Nullable Long limit,
            long warmup,
            long interval,
            String guestLayout,
            String hostLayout,
            int guestLevels,
            int hostLevels,
            String model) {
        /// Copies the lists.
        public Manifest {
            parameters = List.copyOf(parameters);
            setups = List.copyOf(setups);
        }
    }

    /// The program says which accesses depend on which.
    static final String DECLARED = "declared";

    /// The trace says it, whose recorder followed registers.
    static final String DERIVED = "derived";

    /// Nobody says.
    static final String UNKNOWN = "unknown";

    /// What every figure in cycles stands on.
    public static final String MODEL =
            "cycles of translation and data access, not of whole programs";

    /// The report of `result`, which ran on `machine`.
    static RunReport of(ComparisonResult result, MachineFile machine) {
        return of(result, machine, null);
    }

    /// The report of a sampled `result`.
    static RunReport of(SampledResult result, MachineFile machine) {
        return of(result.result(), machine, SampleReport.of(result));
    }

    private static RunReport of(
            ComparisonResult result, MachineFile machine, @Nullable SampleReport sample) {
        var options = result.options();
        List<Interval> intervals =
                IntStream.range(0, result.intervals().size())
                        .mapToObj(i ->
                                new Interval(
                                        i, SetupReport.all(result.intervals().get(i), options)))
                        .toList();
        Manifest manifest =
                new Manifest(
                        Release.VERSION,
                        result.identity(),
                        machine.model().name(),
                        machine.parameters(),
                        options.setups(),
                        options.seed(),
                        options.limit() == Long.MAX_VALUE ? null : options.limit(),
                        options.warmup(),
                        options.interval(),
                        options.guestLayout(),
                        options.hostLayout(),
                        options.guestLevels(),
                        options.hostLevels(),
                        Timing.of(machine.model())
                                + "; "
                                + MODEL
                                + Setups.limits(options.setups()));
        RunReport silent =
                new RunReport(
                        result.workload(),
                        result.setups().getFirst().counts().accesses(),
                        result.nonCanonical(),
                        result.warnings(),
                        result.complete(),
                        SetupReport.all(result.setups(), options),
                        intervals,
                        dependence(result),
                        sample,
                        FootprintReport.of(result),
                        List.of(),
                        manifest);
        return silent.claiming(ExperimentReport.said(RunTable.of(silent)));
    }

    private static String dependence(ComparisonResult result) {
        return switch (result.dependence()) {
            case DECLARED -> DECLARED;
            case DERIVED -> DERIVED;
            case UNKNOWN -> UNKNOWN;
        };
    }

    private RunReport claiming(List<Said> said) {
        return new RunReport(
                workload,
                accesses,
                nonCanonical,
                warnings,
                complete,
                setups,
                intervals,
                dependence,
                sample,
                footprint,
                said,
                manifest);
    }
}
