package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.report.run.RunCsv;
import org.nestwalk.report.run.RunReport;
import org.nestwalk.report.run.RunTable;
import org.nestwalk.traces.Traces;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk run TRACE|PROGRAM...`: what translation costs under each setup.
@Command(
        name = "run",
        description = {
            "Run traces or programs under several translation setups and compare what translation"
                    + " costs.",
            "A program is written NAME or NAME:KEY=VALUE,...; see nestwalk programs."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Runnable {
    @Parameters(
            paramLabel = "TRACE|PROGRAM",
            arity = "1..*",
            description = "Trace files (- is standard input) or programs.")
    private List<String> workloads = List.of();

    @Mixin private MachineOption machine = new MachineOption();

    @Option(
            names = "--setups",
            paramLabel = "LIST",
            split = ",",
            description = {
                "all, or names separated by commas: native:SIZE, nested:GUEST/HOST, shadow:SIZE,"
                        + " flat:SIZE, with sizes 4K, 2M, 1G.",
                "Default: native 4K and 2M, nested mixes of 4K and 2M, shadow 4K."
            })
    private List<String> setups = Setups.DEFAULT;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private WarmupOption warmup = new WarmupOption();

    @Option(
            names = "--interval",
            paramLabel = "N",
            description = "Also give results for every N accesses (in JSON and CSV).")
    private @Nullable String interval;

    @Mixin private SeedOption seed = new SeedOption();

    @Option(
            names = "--guest-layout",
            paramLabel = "L",
            description =
                    "Guest-physical memory: contiguous, scattered or fragmented:DEGREE"
                            + " (default: ${DEFAULT-VALUE}).")
    private String guestLayout = "contiguous";

    @Option(
            names = "--host-layout",
            paramLabel = "L",
            description = "Host-physical memory, likewise (default: ${DEFAULT-VALUE}).")
    private String hostLayout = "contiguous";

    @Mixin private LevelOptions levels = new LevelOptions();

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Worker threads; results do not depend on it (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin private TraceOptions traces = new TraceOptions();

    @Mixin private Output output = new Output();

    @Mixin private CsvOutput csv = new CsvOutput();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        MachineFile machineFile = machine.machine();
        CompareOptions options = options(machineFile);
        checkFiles();
        refuseIgnored(options);
        checkWorkloads();
        List<RunReport> reports = new ArrayList<>();
        try (Interruption interruption = new Interruption()) {
            try {
                for (String name : workloads) {
                    if (interruption.isRequested()) {
                        break;
                    }
                    if (!isQuiet() && !reports.isEmpty()) {
                        spec.commandLine().getOut().println();
                    }
                    RunReport report = run(name, options, machineFile, interruption);
                    reports.add(report);
                    show(name, report);
                }
            } finally {
                // Also after a workload or standard output that failed: what was run is not lost.
                if (!reports.isEmpty()) {
                    writeFiles(reports);
                }
            }
        }
    }

    private void show(String name, RunReport report) {
        if (isQuiet()) {
            PrintWriter err = spec.commandLine().getErr();
            report.warnings().forEach(w -> err.println("nestwalk: " + name + ": " + w));
            err.flush();
        } else {
            Output.print(RunTable.of(report), spec);
        }
    }

    /// A mistake in the last workload must not show only after the first has run.
    private void checkWorkloads() {
        for (String name : workloads) {
            if (!name.equals("-")
                    && (!Files.exists(Path.of(name))
                            || Files.isRegularFile(Path.of(name))
                            || Files.isDirectory(Path.of(name)))) {
                try (Workload workload = Workloads.open(name, levels.guest(), traces.choice())) {
                    var _ = workload.open();
                }
            }
        }
    }

    private void refuseIgnored(CompareOptions options) {
        Given given = new Given(spec);
        if (!output.isJson() && !csv.isAsked()) {
            given.refuse(List.of("--interval"), "shows in JSON and CSV only; add --json or --csv");
        }
        if (workloads.stream().noneMatch(RunCommand::isTrace)) {
            given.refuse(List.of(TraceOptions.FORMAT), "is for traces, and no trace is given");
        }
        List<String> names = options.setups();
        if (names.stream().noneMatch(name -> name.startsWith("nested"))) {
            given.refuse(
                    List.of(LevelOptions.HOST), "is for nested setups, and --setups names none");
        }
        if (names.stream().allMatch(name -> name.startsWith("native"))) {
            given.refuse(
                    List.of("--guest-layout"),
                    "is for setups with a guest, and --setups names none; use --host-layout");
        }
    }

    private static boolean isTrace(String name) {
        return name.equals(Traces.STANDARD_INPUT) || Files.exists(Path.of(name));
    }

    private void checkFiles() {
        output.check(workloads);
        csv.check(workloads, output.json());
    }

    /// Whether standard output is for JSON or CSV only.
    private boolean isQuiet() {
        return output.isQuiet() || csv.isQuiet();
    }

    private RunReport run(
            String name, CompareOptions options, MachineFile file, Interruption interruption) {
        try (Workload workload = Workloads.open(name, options.guestLevels(), traces.choice());
                Progress shown = progress.begin("run " + name)) {
            Comparison comparison = new Comparison(options);
            if (!isQuiet()) {
                announce(name, options);
            }
            ComparisonResult result = comparison.run(workload, shown.until(interruption));
            return RunReport.of(result, file, Version.NUMBER);
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    name
                            + ": not enough memory; compare fewer setups at once, or give Java more"
                            + " with NESTWALK_JAVA_OPTS=-Xmx8g",
                    e);
        }
    }

    /// Says what runs: the table comes only at the end.
    private void announce(String name, CompareOptions options) {
        output.announce(
                "Running %s on %s under %s."
                        .formatted(
                                name,
                                options.machine().name(),
                                String.join(", ", options.setups())));
    }

    private CompareOptions options(MachineFile machineFile) {
        List<String> names = setups.equals(List.of("all")) ? Setups.all() : setups;
        if (names.isEmpty()) {
            throw new InputException("--setups names no setup");
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new InputException("--setups names a setup twice: " + String.join(",", names));
        }
        if (threads < 1 || threads > 1024) {
            throw new InputException("--threads is from 1 to 1024, not " + threads);
        }
        if (limit.isGiven() && warmup.accesses() >= limit.accesses()) {
            throw new InputException(
                    "--warmup %s leaves nothing to count of --limit %s"
                            .formatted(warmup.text(), limit.text()));
        }
        return new CompareOptions(
                machineFile.model(),
                names,
                limit.accesses(),
                warmup.accesses(),
                interval == null ? 0 : atLeastOne("--interval", interval),
                seed.seed(),
                guestLayout,
                hostLayout,
                levels.guest(),
                levels.host(),
                threads);
    }

    static long atLeastOne(String option, String text) {
        long count = Quantities.count(text, option);
        if (count < 1) {
            throw new InputException(option + " must be at least 1, not " + text);
        }
        return count;
    }

    private void writeFiles(List<RunReport> reports) {
        output.write(JsonFormat.RUN, Map.of("runs", reports));
        if (csv.isAsked()) {
            StringBuilder text = new StringBuilder(RunCsv.header());
            reports.forEach(report -> text.append(RunCsv.rows(report)));
            csv.write(text.toString());
        }
    }
}
