package example;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// Compares two-dimensional walks with those through a segment, on a machine from a file.
public final class Compare {
    private Compare() {}

    /// Prints what the two cost.
    public static void main(String[] arguments) {
        for (SetupCounts setup : run("transpose:footprint=64MiB,accesses=1M").setups()) {
            System.out.printf(
                    "%-14s %,9d walks of %.2f references%n",
                    setup.name(), setup.counts().walks.walks, setup.referencesPerWalk());
        }
    }

    /// The comparison of `program`.
    static ComparisonResult run(String program) {
        CompareOptions options =
                new CompareOptions(
                        machine(),
                        List.of("native:4K", "segment:4K", "nested:4K/4K"),
                        Long.MAX_VALUE, // no limit
                        0, // accesses that are not counted
                        0, // no intermediate results
                        1, // seed
                        "contiguous", // guest-physical memory
                        "contiguous", // host-physical memory
                        4, // levels of guest tables
                        4, // levels of second-level tables
                        1); // threads
        try (Workload workload = Workloads.open(program, null, options.guestLevels())) {
            return new Comparison(options).run(workload, ProgressListener.NONE);
        }
    }

    private static ProcessorModel machine() {
        try (InputStream in = Compare.class.getResourceAsStream("small-tlb.yaml")) {
            Path file = Files.createTempFile("small-tlb", ".yaml");
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                return Machines.named(file.toString()).model();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
