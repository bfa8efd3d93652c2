package org.nestwalk.lab.labs.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nestwalk.lab.compare.CommonParameters;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.compare.sample.SampledComparison;
import org.nestwalk.lab.compare.sample.SampledResult;
import org.nestwalk.lab.compare.sample.Sampling;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.parameter.Arguments;

/// Runs of one workload on several machines, under several setups and layouts, in one pass over it.
public final class RunTogether {
    // What may differ between runs of one pass.
    private static final Set<String> FREE =
            Set.of(
                    Experiment.MACHINE,
                    Timing.NAME,
                    RunParameters.SETUPS,
                    RunParameters.GUEST_LAYOUT,
                    RunParameters.HOST_LAYOUT,
                    RunParameters.THREADS,
                    CommonParameters.SEED.name(),
                    CommonParameters.HOST_LEVELS.name());

    private RunTogether() {}

    /// What runs must have in common to be made together: equal keys.
    public static Map<String, List<String>> key(Arguments given) {
        Map<String, List<String>> key = new LinkedHashMap<>(given.values());
        key.keySet().removeAll(FREE);
        return key;
    }

    /// Makes runs of equal keys, each of one workload, in one pass.
    ///
    /// @param threads worker threads, on which results do not depend
    /// @return what comes of each alone, in their order
    /// @throws EndedEarly if the laboratory has ended it
    /// @throws org.nestwalk.InputException if the workload is damaged
    public static List<RunResult> run(Laboratory laboratory, List<Arguments> runs, int threads) {
        List<MachineFile> machines = new ArrayList<>();
        List<CompareOptions> options = new ArrayList<>();
        for (Arguments run : runs) {
            MachineFile machine = RunParameters.machine(run);
            machines.add(machine);
            options.add(RunParameters.options(run, machine.model()).onThreads(threads));
        }
        Arguments first = runs.getFirst();
        Supplier<Workload> workloads =
                () ->
                        Workloads.open(
                                first.text(Workloads.PROGRAM),
                                options.getFirst().guestLevels(),
                                CommonParameters.traces(first));
        Sampling sampling = RunParameters.sampling(first);
        List<RunReport> reports = new ArrayList<>();
        if (sampling == null) {
            try (Workload workload = workloads.get()) {
                Comparison comparison = new Comparison(options);
                if (RunParameters.isMapped(first)) {
                    comparison.map();
                }
                List<ComparisonResult> all = comparison.runAll(workload, laboratory.progress());
                for (int i = 0; i < runs.size(); i++) {
                    reports.add(RunReport.of(all.get(i), machines.get(i)));
                }
            }
        } else {
            List<SampledResult> all =
                    new SampledComparison(options, sampling, workloads).run(laboratory.progress());
            for (int i = 0; i < runs.size(); i++) {
                reports.add(RunReport.of(all.get(i), machines.get(i)));
            }
        }
        if (!reports.stream().allMatch(RunReport::complete)) {
            throw new EndedEarly();
        }
        return reports.stream().map(report -> new RunResult(List.of(report))).toList();
    }
}
