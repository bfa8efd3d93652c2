package org.nestwalk.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bench.compare.measured.Mode;

/// The C++ programs of `bench/yardstick`, compiled, and the streams that they run.
final class Yardstick {
    private static final String REFERENCE_STREAM = "gups";

    /// What the yardstick makes on the host that absolute targets were stated for.
    private static final Map<String, Double> REFERENCE_RATES =
            Map.of(
                    key(Mode.TLBS, "gups"), 116.0,
                    key(Mode.TLBS, "zipf"), 90.0,
                    key(Mode.WALKS, "gups"), 31.0,
                    key(Mode.WALKS, "zipf"), 45.0,
                    key(Mode.WALKS, "seq"), 664.0,
                    key(Mode.CACHES, "gups"), 4.3,
                    key(Mode.CACHES, "zipf"), 8.2);

    private final Processes processes;
    private final Path directory;
    private final Map<String, Double> rates = new HashMap<>();

    /// The programs in `directory`, where streams are kept too.
    Yardstick(Processes processes, Path directory) {
        this.processes = processes;
        this.directory = directory;
    }

    /// Whether the programs were compiled.
    boolean isPresent() {
        return Files.isExecutable(directory.resolve("roofline"));
    }

    /// Runs `accesses` accesses of `stream`, `repetitions` times over.
    YardstickRun run(Mode mode, String stream, int accesses, int repetitions) {
        String output =
                processes.succeeding(
                        List.of(
                                directory.resolve("roofline").toString(),
                                addresses(stream, accesses).toString(),
                                Integer.toString(mode.number()),
                                Integer.toString(repetitions)));
        YardstickRun run = YardstickRun.parse(output);
        rates.put(key(mode, stream), Pairs.median(run.rates()));
        return run;
    }

    /// How fast this host runs the yardstick, the reference host being 1; NaN without a yardstick.
    double factor(Mode mode, String stream) {
        if (!isPresent()) {
            return Double.NaN;
        }
        Double rate = rates.get(key(mode, stream));
        if (rate == null) {
            rate = Pairs.median(run(mode, stream, 5_000_000, 3).rates());
        }
        return rate / REFERENCE_RATES.getOrDefault(key(mode, stream), Double.NaN);
    }

    /// The factor for work that is none of the modes: that of the mode that waits least for memory.
    double factor() {
        return factor(Mode.TLBS, REFERENCE_STREAM);
    }

    private static String key(Mode mode, String stream) {
        return mode + " " + stream;
    }

    /// Writes a drmemtrace file of a stream's first `accesses` data accesses.
    ///
    /// @param format as `gen` has it: `d` with an instruction for each access, `dD` without
    Path drmemtrace(String stream, int accesses, String format) {
        Path prefix = directory.resolve(stream + "-" + accesses);
        generate(stream, accesses, prefix, format);
        return Path.of(prefix + ".trace");
    }

    /// The file of a stream's addresses, written once.
    private Path addresses(String stream, int accesses) {
        Path file = directory.resolve(stream + "-" + accesses + ".addr");
        if (!Files.exists(file)) {
            // Under another name until it is whole: the next run must not take half a stream.
            Path partial = directory.resolve(stream + ".partial");
            generate(stream, accesses, partial, "a");
            try {
                Files.move(Path.of(partial + ".addr"), file, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return file;
    }

    private void generate(String stream, int accesses, Path prefix, String formats) {
        String program = directory.resolve("gen").toString();
        processes.succeeding(
                List.of(program, stream, Integer.toString(accesses), prefix.toString(), formats));
    }
}
