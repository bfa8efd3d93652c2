package org.nestwalk.bench.compare;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nestwalk.InputException;
import org.nestwalk.bench.compare.measured.DecodingInput;
import org.nestwalk.bench.compare.measured.Mode;

/// All rows, in the order of the table.
final class Rows {
    private static final int LONG = 20_000_000;

    // Mode 4 is the slowest, and its rates do not change any more after this many.
    private static final int SHORT = 5_000_000;

    private static final List<Row> ALL =
            List.of(
                    new StreamRow("tlbs-gups", Mode.TLBS, "gups", LONG, 3, 0.6, 40),
                    new StreamRow("tlbs-zipf", Mode.TLBS, "zipf", LONG, 3, 0.6, 40),
                    new StreamRow("walks-gups", Mode.WALKS, "gups", LONG, 2, 0.7, 15),
                    new StreamRow("walks-zipf", Mode.WALKS, "zipf", LONG, 2, 0.7, 20),
                    new StreamRow("walks-seq", Mode.WALKS, "seq", LONG, 20, 0.4, 250),
                    new StreamRow("caches-gups", Mode.CACHES, "gups", SHORT, 2, 1.0, 4),
                    new StreamRow("caches-zipf", Mode.CACHES, "zipf", SHORT, 2, 1.0, 4),
                    new SetupsRow(),
                    new TimingRow(),
                    new CurveRow(),
                    new SampleRow(),
                    new ThreadsRow(),
                    new VmRow(),
                    new KvmReplayRow(),
                    KvmInCRow.exit(),
                    KvmInCRow.fork(),
                    new KvmMigrationRow(),
                    new RestoreRow(),
                    new SweepRow(),
                    new DecodingRow("decoding-nwt", ".nwt", null, 150),
                    new DecodingRow(
                            "decoding-drmemtrace", "drmemtrace zip", DecodingInput.DRMEMTRACE, 25),
                    new DecodingRow(
                            "decoding-champsim", "ChampSim .gz", DecodingInput.CHAMPSIM, 15),
                    new DecodingRow("decoding-lackey", "lackey text", DecodingInput.LACKEY, 20),
                    new PeerRow("gups", 4.2, 6.3),
                    new PeerRow("seq", 6.5, 12.8),
                    new PeerRow("zipf", 2.9, 4.3),
                    new RecordRow(),
                    new StartRow(),
                    new MemoryRow(
                            "memory-full",
                            "tables of a full 256 GiB",
                            256,
                            0,
                            "contiguous",
                            1.3 * 16),
                    new MemoryRow(
                            "memory-sparse",
                            "tables of a sparse 1 TiB",
                            1024,
                            100_000,
                            "contiguous",
                            0),
                    new MemoryRow(
                            "memory-scattered",
                            "  with frames scattered",
                            1024,
                            10_000,
                            "scattered",
                            -1),
                    new SmallHeapRow());

    private Rows() {}

    /// The rows that `selection` names, each a row or a group of rows such as `walks`; all rows if
    /// it is empty.
    ///
    /// @throws InputException if there is no such row
    static List<Row> select(List<String> selection) {
        Set<String> names = new LinkedHashSet<>(selection);
        for (String name : names) {
            if (ALL.stream().noneMatch(row -> isNamed(row, name))) {
                throw new InputException(
                        "--only: there is no row '" + name + "'; rows are " + names());
            }
        }
        return ALL.stream()
                .filter(row ->
                        names.isEmpty() || names.stream().anyMatch(name -> isNamed(row, name)))
                .toList();
    }

    /// The names of all rows, separated by commas.
    static String names() {
        return String.join(", ", ALL.stream().map(Row::name).toList());
    }

    private static boolean isNamed(Row row, String name) {
        return row.name().equals(name) || row.name().startsWith(name + "-");
    }
}
