package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.RestoreMethod;
import org.nestwalk.lab.snapshot.Restores;
import org.nestwalk.lab.snapshot.SnapshotExperiment;
import org.nestwalk.lab.snapshot.SnapshotHost;

/// How soon a virtual machine on KVM goes on that is restored from a file in the page cache:
/// microseconds of wall-clock time from before the file is opened to its first access, and
/// milliseconds to 90 % of its accesses, lazily and with a working set in turns.
public final class RestoreMeasurement {
    private static final SnapshotHost KVM = new SnapshotHost(null);
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;
    private static final int WARMING = 400;
    private static final int TRIES = 100;
    private static final int PAIRS = 3;
    private static final double MICROSECOND = 1e3;
    private static final double MILLISECOND = 1e6;

    private RestoreMeasurement() {}

    /// Measures.
    public static void main(String[] args) throws IOException {
        Values values = new Values();
        Path folder = Files.createTempDirectory("restore");
        Path file = folder.resolve("a.nws");
        try {
            take("gups:footprint=1GiB,accesses=1501k", GIB + 64 * MIB, 1_500_000, file);
            for (int i = 0; i < WARMING + TRIES; i++) {
                long nanos = RestoreExperiment.firstAccess(file, KVM);
                if (i >= WARMING) {
                    values.add("first", nanos / MICROSECOND);
                }
            }
            take("gups:footprint=64MiB,accesses=200k", 128 * MIB, 100_000, file);
            for (int pair = 0; pair < PAIRS; pair++) {
                values.add("lazy", toNinety(file, RestoreMethod.LAZY));
                values.add("set", toNinety(file, RestoreMethod.WORKING_SET));
            }
        } finally {
            Files.deleteIfExists(Restores.workingSetOf(file));
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
        System.out.print(values.text());
    }

    private static void take(String program, long memory, long after, Path file) {
        SnapshotExperiment.Result _ =
                SnapshotExperiment.run(program, KVM, memory, after, file, null);
    }

    private static double toNinety(Path file, RestoreMethod method) {
        return RestoreExperiment.run(file, KVM, method, false).nanosTo90() / MILLISECOND;
    }
}
