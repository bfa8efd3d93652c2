package org.nestwalk.lab.labs.numa;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.ReplicatedTables;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// What changing tables costs when there are copies of them: entries written, counted by making and
/// changing a table of 2,048 pages with copies and without.
///
/// What the rest of a system call costs is taken from Achermann et al., "Mitosis: transparently
/// self-replicating page-tables for large-memory machines", ASPLOS 2020, table 5, as are the
/// figures to compare with.
public final class ReplicationCosts {
    /// Pages of each operation, as in the source.
    public static final int PAGES = 2048;

    /// Copies of the tables, as in the source.
    public static final int COPIES = 4;

    private static final long FRAME = PageSize.SIZE_4K.bytes();
    private static final long AREA = 1L << 30;
    private static final long MEMORY = 1L << 40;

    /// What is done to each page.
    private enum Operation {
        MAP("map", 1539, 1677),
        PROTECT("protect", 60, 257),
        UNMAP("unmap", 310, 473);

        private final String label;
        private final int alone;
        private final int copied;

        Operation(String label, int alone, int copied) {
            this.label = label;
            this.alone = alone;
            this.copied = copied;
        }
    }

    /// One operation.
    ///
    /// @param operation what is done to each page
    /// @param entries of the first copy written for each page
    /// @param copiedEntries of the other copies written for each page
    /// @param cyclesAlone for each page without copies: the source's
    /// @param cycles for each page with copies: those, and the copied entries
    /// @param published the source's
    public record Row(
            String operation,
            double entries,
            double copiedEntries,
            double cyclesAlone,
            double cycles,
            double published) {
        /// How many times as long it takes with copies.
        public double ratio() {
            return cycles / cyclesAlone;
        }
    }

    private ReplicationCosts() {}

    /// Of `rows`, the one of protecting a page.
    static Row protect(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.operation().equals(Operation.PROTECT.label))
                .findFirst()
                .orElseThrow();
    }

    /// The operations.
    ///
    /// @param entryCycles cycles to write one entry of a further copy
    static List<Row> measure(int entryCycles) {
        List<Frames> frames = IntStream.range(0, COPIES).mapToObj(Frames::new).toList();
        ReplicatedTables copies =
                new ReplicatedTables(
                        new FlatMemory(0), TableFormat.X86, frames::get, 0, written -> {});
        PageTable table = new PageTable(copies, copies, TableFormat.X86, 4);
        for (int copy = 1; copy < COPIES; copy++) {
            copies.replicate(table, copy);
        }
        List<Row> rows = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            long written = table.entriesWritten();
            long copied = copies.copiedEntries();
            for (long page = 0; page < PAGES; page++) {
                perform(operation, table, page * FRAME);
            }
            double copiedEach = (double) (copies.copiedEntries() - copied) / PAGES;
            rows.add(
                    new Row(
                            operation.label,
                            (double) (table.entriesWritten() - written) / PAGES,
                            copiedEach,
                            operation.alone,
                            operation.alone + copiedEach * entryCycles,
                            operation.copied));
        }
        return rows;
    }

    private static void perform(Operation operation, PageTable table, long address) {
        switch (operation) {
            case MAP -> table.map(address, MEMORY + address, PageSize.SIZE_4K);
            case PROTECT -> table.protect(address, PagingEntry.WRITE, 0);
            case UNMAP -> table.unmap(address);
        }
    }

    /// Frames of one copy, one after the other; those given back are not used again.
    private static final class Frames implements TableFrames {
        private long next;

        private Frames(int place) {
            next = place * AREA;
        }

        @Override
        public long allocate() {
            long frame = next;
            next += FRAME;
            return frame;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }

        @Override
        public void free(long address) {}
    }
}
