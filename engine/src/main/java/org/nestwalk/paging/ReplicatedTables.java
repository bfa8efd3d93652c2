package org.nestwalk.paging;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;

/// Memory and frames for a [PageTable] of which there are copies in several places, such as NUMA
/// nodes, each of them complete: entries of a copy point to tables of the same copy.
///
/// The page table itself sees the *home* copy. Every entry that it writes goes to all copies, with
/// pointers to tables made each copy's own. Processors walk any copy and set flags in it alone; an
/// entry that is read has the accessed and dirty flags of all copies, so that whoever clears them
/// clears them everywhere.
///
/// Moving tables is making a copy, calling it home, and dropping the old one. Not thread-safe.
///
/// Sources: Achermann et al., "Mitosis", ASPLOS 2020; Panwar et al., "vMitosis", ASPLOS 2021.
public final class ReplicatedTables implements PhysicalMemory, TableFrames {
    private static final long FRAME = 4096;
    private static final int UNKNOWN = 0;

    private final PhysicalMemory memory;
    private final TableFormat format;
    private final IntFunction<TableFrames> framesOf;
    private final LongConsumer onCopied;
    private final long flags;

    // Home first. Copies of a table are in the same order.
    private final List<Integer> places = new ArrayList<>();

    // By the address of the home copy; empty as long as there is no other.
    private final Map<Long, Table> tables = new HashMap<>();
    private long copiedEntries;

    /// One table and its copies.
    private static final class Table {
        private final List<Long> copies = new ArrayList<>();

        // Known once something points to it; until then it holds pages only.
        private int level;

        private Table(long home, int level) {
            copies.add(home);
            this.level = level;
        }
    }

    /// No table yet.
    ///
    /// @param memory in which a table is where [TableFrames#allocate] says
    /// @param framesOf the frames of a place, of which [TableFrames#hostPhysical] is what it is
    ///   given
    /// @param home the first place
    /// @param onCopied told how many entries of other copies were written because one of the home
    ///   copy was, to charge them
    public ReplicatedTables(
            PhysicalMemory memory,
            TableFormat format,
            IntFunction<TableFrames> framesOf,
            int home,
            LongConsumer onCopied) {
        this.memory = memory;
        this.format = format;
        this.framesOf = framesOf;
        this.onCopied = onCopied;
        this.flags = format.accessed() | format.dirty();
        places.add(home);
    }

    /// The places that have a copy, home first.
    public List<Integer> places() {
        return List.copyOf(places);
    }

    /// Entries that have been written to copies because the home copy changed.
    public long copiedEntries() {
        return copiedEntries;
    }

    /// The table of the copy at `place` that stands for `table`, one of the home copy: itself, if
    /// there is no copy at `place`.
    public long copyOf(long table, int place) {
        int index = places.indexOf(place);
        return index <= 0 ? table : tableAt(table).copies.get(index);
    }

    /// Makes a copy of all tables of `table`, which was made with this, at a `place` that has none.
    ///
    /// @throws RuntimeException what [TableFrames#allocate] throws if there is not enough memory;
    ///   nothing has changed then
    public void replicate(PageTable table, int place) {
        if (places.contains(place)) {
            throw new IllegalArgumentException("there is a copy at " + place + " already");
        }
        if (places.size() == 1) {
            PageTableScan.forEachTable(
                    table, (home, level, address) -> tables.put(home, new Table(home, level)));
        }
        allocateCopies(framesOf.apply(place));
        places.add(place);
        int index = places.size() - 1;
        for (Table one : tables.values()) {
            long home = one.copies.getFirst();
            long copy = one.copies.get(index);
            for (long offset = 0; offset < FRAME; offset += Long.BYTES) {
                long entry = memory.read(home + offset);
                if (entry != 0) {
                    memory.write(copy + offset, translated(one, entry, index));
                }
            }
        }
    }

    private void allocateCopies(TableFrames frames) {
        int wanted = places.size() + 1;
        boolean done = false;
        try {
            for (Table one : tables.values()) {
                one.copies.add(frames.allocate());
            }
            done = true;
        } finally {
            if (!done) {
                for (Table one : tables.values()) {
                    if (one.copies.size() == wanted) {
                        frames.free(one.copies.removeLast());
                    }
                }
                forgetIfSingle();
            }
        }
    }

    /// Makes the copy at `place`, which there is, the one that `table` sees.
    public void makeHome(PageTable table, int place) {
        int index = places.indexOf(place);
        if (index < 0) {
            throw new IllegalArgumentException("there is no copy at " + place);
        }
        if (index == 0) {
            return;
        }
        long root = copyOf(table.root(), place);
        List<Table> all = List.copyOf(tables.values());
        tables.clear();
        for (Table one : all) {
            swapWithFirst(one.copies, index);
            tables.put(one.copies.getFirst(), one);
        }
        swapWithFirst(places, index);
        table.moveRoot(root);
    }

    private static <T> void swapWithFirst(List<T> list, int index) {
        T first = list.getFirst();
        list.set(0, list.get(index));
        list.set(index, first);
    }

    /// Gives back the copy at `place`, which is not home; its flags stay.
    public void drop(int place) {
        int index = places.indexOf(place);
        if (index <= 0) {
            throw new IllegalArgumentException("no copy at " + place + " can be dropped");
        }
        TableFrames frames = framesOf.apply(place);
        for (Table one : tables.values()) {
            long copy = one.copies.remove(index);
            for (long offset = 0; offset < FRAME; offset += Long.BYTES) {
                long dropped = memory.read(copy + offset);
                if (dropped != 0) {
                    keepFlags(one.copies.getFirst() + offset, dropped);
                    memory.write(copy + offset, 0);
                }
            }
            frames.free(copy);
        }
        places.subList(index, index + 1).clear();
        forgetIfSingle();
    }

    private void keepFlags(long home, long dropped) {
        long entry = memory.read(home);
        if (format.isPresent(entry) && (dropped & flags & ~entry) != 0) {
            memory.write(home, entry | dropped & flags);
        }
    }

    private void forgetIfSingle() {
        if (places.size() == 1) {
            tables.clear();
        }
    }

    @Override
    public long allocate() {
        long home = framesOf.apply(places.getFirst()).allocate();
        if (places.size() > 1) {
            Table made = new Table(home, UNKNOWN);
            boolean done = false;
            try {
                for (int place : places.subList(1, places.size())) {
                    made.copies.add(framesOf.apply(place).allocate());
                }
                done = true;
            } finally {
                if (!done) {
                    giveBack(made);
                }
            }
            tables.put(home, made);
        }
        return home;
    }

    @Override
    public void free(long address) {
        if (places.size() > 1) {
            giveBack(tableAt(address));
            tables.remove(address);
        } else {
            framesOf.apply(places.getFirst()).free(address);
        }
    }

    private void giveBack(Table one) {
        for (int i = 0; i < one.copies.size(); i++) {
            framesOf.apply(places.get(i)).free(one.copies.get(i));
        }
    }

    @Override
    public long hostPhysical(long address) {
        return framesOf.apply(places.getFirst()).hostPhysical(address);
    }

    /// The word of the home copy; if it is an entry, with the flags of all copies.
    @Override
    public long read(long address) {
        long entry = memory.read(address);
        if (places.size() > 1 && format.isPresent(entry)) {
            List<Long> copies = tableAt(address & -FRAME).copies;
            for (int i = 1; i < copies.size(); i++) {
                entry |= memory.read(copies.get(i) + (address & FRAME - 1)) & flags;
            }
        }
        return entry;
    }

    @Override
    public void write(long address, long value) {
        memory.write(address, value);
        if (places.size() > 1) {
            Table one = tableAt(address & -FRAME);
            if (isPointer(one, value)) {
                tableAt(PagingEntry.table(value)).level = one.level - 1;
            }
            int others = one.copies.size() - 1;
            for (int i = 1; i <= others; i++) {
                long copy = one.copies.get(i) + (address & FRAME - 1);
                memory.write(copy, translated(one, value, i));
            }
            copiedEntries += others;
            onCopied.accept(others);
        }
    }

    /// Sets flags in the home copy only, as a processor that walks it does.
    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        memory.setFlags(address, value, firstUse);
    }

    @Override
    public long rewrites() {
        return memory.rewrites();
    }

    @Override
    public long changes() {
        return memory.changes();
    }

    /// Checks that all copies are equal but for their flags and for where their pointers point.
    ///
    /// @throws IllegalStateException if they are not
    public void check() {
        for (Table one : tables.values()) {
            for (long offset = 0; offset < FRAME; offset += Long.BYTES) {
                long home = memory.read(one.copies.getFirst() + offset);
                for (int i = 1; i < one.copies.size(); i++) {
                    long copy = memory.read(one.copies.get(i) + offset);
                    long flagsMayDiffer = format.isPresent(home) ? flags : 0;
                    if (((translated(one, home, i) ^ copy) & ~flagsMayDiffer) != 0) {
                        throw new IllegalStateException(
                                "entry %x of a copy is %x, not %x"
                                        .formatted(offset, copy, translated(one, home, i)));
                    }
                }
            }
        }
    }

    private boolean isPointer(Table in, long entry) {
        return in.level > 1 && format.isTable(entry, in.level);
    }

    /// `entry` of a home table as it is in another copy.
    private long translated(Table in, long entry, int index) {
        if (!isPointer(in, entry)) {
            return entry;
        }
        long home = PagingEntry.table(entry);
        return entry ^ home ^ tableAt(home).copies.get(index);
    }

    private Table tableAt(long home) {
        Table found = tables.get(home);
        if (found == null) {
            throw new IllegalArgumentException(Long.toHexString(home) + " is no table of these");
        }
        return found;
    }
}
