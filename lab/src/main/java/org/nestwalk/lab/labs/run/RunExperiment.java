package org.nestwalk.lab.labs.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.compare.CommonParameters;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.compare.sample.SampledComparison;
import org.nestwalk.lab.compare.sample.Sampling;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.Traces;

/// Traces or programs under several translation setups: what translation costs under each.
public final class RunExperiment implements Experiment<RunResult> {
    private static final Spec SPEC =
            new Spec(
                    "run",
                    "Runs traces or programs under several translation setups and compares what"
                            + " translation costs.",
                    RunReport.MODEL,
                    RunParameters.workloads(),
                    RunParameters.options());

    @Override
    public Spec spec() {
        return SPEC;
    }

    /// A comparison that is ready to be made with one workload after the other.
    ///
    /// @param workloads what to run, in order
    /// @param options how
    /// @param machine on which
    /// @param traces how traces are read
    /// @param mapped whether it is counted by page and time, too
    /// @param sampling how well samples are to know the shares; null to simulate everything
    public record Asked(
            List<String> workloads,
            CompareOptions options,
            MachineFile machine,
            TraceChoice traces,
            boolean mapped,
            @Nullable Sampling sampling) {
        /// Copies the list.
        public Asked {
            workloads = List.copyOf(workloads);
        }

        /// What `given`, values of all parameters, ask for. A workload that cannot be opened is
        /// found now, before the first has run.
        ///
        /// @throws org.nestwalk.InputException if that cannot be done
        public static Asked of(Arguments given) {
            MachineFile machine = RunParameters.machine(given);
            Asked asked =
                    new Asked(
                            given.texts(Workloads.PROGRAM),
                            RunParameters.options(given, machine.model()),
                            machine,
                            CommonParameters.traces(given),
                            RunParameters.isMapped(given),
                            RunParameters.sampling(given));
            asked.workloads.forEach(asked::check);
            return asked;
        }

        /// Opens `name`, unless that can be done only once, as with a pipe.
        private void check(String name) {
            Path path = Path.of(name);
            if (!name.equals(Traces.STANDARD_INPUT)
                    && (!Files.exists(path)
                            || Files.isRegularFile(path)
                            || Files.isDirectory(path))) {
                try (Workload workload = open(name)) {
                    var _ = workload.open();
                }
            } else if (sampling != null) {
                throw InputException.of(
                        RunParameters.SAMPLE,
                        name
                                + " can be read only once, and samples are taken of what can be"
                                + " read again: make a file of it first, with nestwalk trace"
                                + " convert");
            }
        }

        private Workload open(String name) {
            return Workloads.open(name, options.guestLevels(), traces);
        }

        /// Runs one of the workloads.
        ///
        /// @param begins called when all is made that is needed
        /// @throws org.nestwalk.InputException if the workload is damaged
        public RunReport run(Laboratory laboratory, String name, Runnable begins) {
            if (sampling != null) {
                SampledComparison comparison =
                        new SampledComparison(List.of(options), sampling, () -> open(name));
                begins.run();
                return RunReport.of(comparison.run(laboratory.progress()).getFirst(), machine);
            }
            try (Workload workload = open(name)) {
                Comparison comparison = new Comparison(options);
                if (mapped) {
                    comparison.map();
                }
                begins.run();
                return RunReport.of(comparison.run(workload, laboratory.progress()), machine);
            }
        }
    }

    @Override
    public RunResult run(Laboratory laboratory, Arguments given) {
        Asked asked = Asked.of(given);
        List<RunReport> runs = new ArrayList<>();
        for (String name : asked.workloads()) {
            if (!laboratory.isEnded()) {
                runs.add(asked.run(laboratory, name, () -> {}));
            }
        }
        if (runs.isEmpty()) {
            throw new EndedEarly();
        }
        return new RunResult(runs);
    }

    /// The result's documents say by themselves what is not complete.
    @Override
    public Written written(Arguments given, RunResult result, boolean complete, String version) {
        return new Written(JsonFormat.RUN, result, document(result), RunCsv.of(result.runs()));
    }

    @Override
    public Document document(RunResult result) {
        Document document = new Document();
        result.runs().forEach(run -> document.append(RunTable.of(run)));
        return document;
    }
}
