package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.random.Xoshiro256;

class ReplicatedTablesTest {
    private static final long FRAME = 4096;
    private static final long AREA = 16L << 20;
    private static final int PLACES = 4;
    private static final long[] REGIONS = {0, 0x20_0000, 0x4000_0000, 1L << 39};

    private final FlatMemory memory = new FlatMemory(0);
    private final List<Frames> frames = IntStream.range(0, PLACES).mapToObj(Frames::new).toList();

    /// Frames of one place, in a range of memory of its own.
    private final class Frames implements TableFrames {
        private final BuddyAllocator allocator;
        private boolean empty;

        Frames(int place) {
            allocator = new BuddyAllocator((place + 1) * AREA, AREA);
        }

        @Override
        public long allocate() {
            long frame = empty ? -1 : allocator.allocate(0);
            if (frame == -1) {
                throw new IllegalStateException("no frames left");
            }
            return frame;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }

        @Override
        public void free(long address) {
            for (long word = 0; word < FRAME; word += 8) {
                assertThat(memory.read(address + word)).isZero();
            }
            allocator.free(address, 0);
        }

        long used() {
            return allocator.totalFrames() - allocator.freeFrames();
        }
    }

    private ReplicatedTables copies(TableFormat format) {
        return new ReplicatedTables(memory, format, frames::get, 0, written -> {});
    }

    /// The leaf entry at which a processor ends that walks from `root`, or 0, and whether all
    /// tables on the way are in the frames of `place`.
    private long walk(TableFormat format, long root, long address, int place) {
        long table = root;
        for (int level = 4; ; level--) {
            assertThat(frames.get(place).allocator.contains(table)).isTrue();
            long slot = table + 8 * (address >>> PageSize.shiftOfLevel(level) & 511);
            long entry = memory.read(slot);
            if (!format.isTable(entry, level)) {
                return entry;
            }
            table = PagingEntry.table(entry);
        }
    }

    /// Sets flags as a processor does that walks the copy with `root`.
    private void use(TableFormat format, long root, long address, boolean write) {
        long table = root;
        for (int level = 4; ; level--) {
            long slot = table + 8 * (address >>> PageSize.shiftOfLevel(level) & 511);
            long entry = memory.read(slot);
            if (!format.isPresent(entry)) {
                return;
            }
            boolean leaf = !format.isTable(entry, level);
            long flags = format.accessed() | (leaf && write ? format.dirty() : 0);
            memory.setFlags(slot, entry | flags, false);
            if (leaf) {
                return;
            }
            table = PagingEntry.table(entry);
        }
    }

    /// Random changes to a replicated table and to one without copies, with processors that walk
    /// different copies of the one and set in it the flags that they set in the other.
    @ParameterizedTest
    @EnumSource(TableFormat.class)
    void behavesAsATableWithoutCopies(TableFormat format) {
        for (int seed = 0; seed < 60; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            ReplicatedTables copies = copies(format);
            PageTable table = new PageTable(copies, copies, format, 4);
            FlatMemory plain = new FlatMemory(0);
            CountedFrames plainFrames = new CountedFrames(plain);
            PageTable twin = new PageTable(plain, plainFrames, format, 4);
            for (int step = 0; step < 150; step++) {
                long address =
                        REGIONS[(int) random.nextBelow(REGIONS.length)]
                                + random.nextBelow(512) * FRAME;
                long target = random.nextBelow(1L << 24) * FRAME;
                change((int) random.nextBelow(11), table, twin, address, target);
                place((int) random.nextBelow(8), copies, table, (int) random.nextBelow(PLACES));
                int place = copies.places().get((int) random.nextBelow(copies.places().size()));
                boolean write = random.nextBelow(2) == 0;
                use(format, copies.copyOf(table.root(), place), address, write);
                useTwin(format, twin, address, write);
                assertThat(table.entry(address)).isEqualTo(twin.entry(address));
                assertThat(table.leafLevel(address)).isEqualTo(twin.leafLevel(address));
                copies.check();
                compareWalks(format, copies, table, twin, address);
            }
            assertThat(leaves(table)).isEqualTo(leaves(twin));
            assertThat(table.tables()).isEqualTo(twin.tables());
            for (int place : copies.places()) {
                assertThat(frames.get(place).used()).isEqualTo(table.tables());
            }
            table.release();
            assertThat(frames).allMatch(place -> place.used() == 0);
        }
    }

    private void useTwin(TableFormat format, PageTable twin, long address, boolean write) {
        for (int level = 4; level >= Math.max(1, twin.leafLevel(address)); level--) {
            long entry;
            try {
                entry = twin.read(twin.slotAt(address, level));
            } catch (IllegalStateException noTable) {
                return;
            }
            if (!format.isPresent(entry)) {
                return;
            }
            boolean leaf = !format.isTable(entry, level);
            long flags = format.accessed() | (leaf && write ? format.dirty() : 0);
            twin.setEntry(address, level, entry | flags);
        }
    }

    private void compareWalks(
            TableFormat format,
            ReplicatedTables copies,
            PageTable table,
            PageTable twin,
            long address) {
        long flags = format.accessed() | format.dirty();
        long seen = 0;
        for (int place : copies.places()) {
            long entry = walk(format, copies.copyOf(table.root(), place), address, place);
            assertThat(entry & ~flags).isEqualTo(twin.entry(address) & ~flags);
            seen |= entry & flags;
        }
        assertThat(seen).isEqualTo(twin.entry(address) & flags);
    }

    private static void change(
            int operation, PageTable table, PageTable twin, long address, long target) {
        long region = address & -(2L << 20);
        switch (operation) {
            case 0, 1, 2, 3 -> both(table, twin, one -> one.map(address, target, PageSize.SIZE_4K));
            case 4 ->
                    both(
                            table,
                            twin,
                            one -> one.map(region, target & -(2L << 20), PageSize.SIZE_2M));
            case 5 -> both(table, twin, one -> one.unmap(address));
            case 6 -> both(table, twin, one -> one.protect(address, PagingEntry.WRITE, 0));
            case 7 ->
                    both(
                            table,
                            twin,
                            one ->
                                    one.protect(
                                            address,
                                            one.format().accessed() | one.format().dirty(),
                                            0));
            case 8 -> both(table, twin, one -> LargePages.split(one, address));
            case 9 ->
                    both(
                            table,
                            twin,
                            one ->
                                    LargePages.collapse(
                                            one, region, target & -(2L << 20), PageSize.SIZE_2M));
            default -> {}
        }
    }

    private interface Change {
        void apply(PageTable table);
    }

    private static void both(PageTable table, PageTable twin, Change change) {
        assertThat(fails(table, change)).isEqualTo(fails(twin, change));
    }

    private static boolean fails(PageTable table, Change change) {
        try {
            change.apply(table);
            return false;
        } catch (IllegalStateException refused) {
            return true;
        }
    }

    private static void place(int operation, ReplicatedTables copies, PageTable table, int place) {
        boolean there = copies.places().contains(place);
        if (operation == 0 && !there) {
            copies.replicate(table, place);
        } else if (operation == 1 && there) {
            copies.makeHome(table, place);
        } else if (operation == 2 && there && copies.places().getFirst() != place) {
            copies.drop(place);
        }
    }

    private static List<String> leaves(PageTable table) {
        List<String> leaves = new ArrayList<>();
        PageTableScan.forEachLeaf(
                table,
                (address, level, entry) ->
                        leaves.add(Long.toHexString(address) + " " + level + " " + entry));
        return leaves;
    }

    @Test
    void everyWriteGoesToEveryCopy() {
        ReplicatedTables copies = copies(TableFormat.X86);
        PageTable table = new PageTable(copies, copies, TableFormat.X86, 4);
        for (int place = 1; place < PLACES; place++) {
            copies.replicate(table, place);
        }
        for (long page = 0; page < 512; page++) {
            table.map(page * FRAME, page * FRAME, PageSize.SIZE_4K);
        }
        assertThat(table.entriesWritten()).isEqualTo(512 + 3);
        assertThat(copies.copiedEntries()).isEqualTo((PLACES - 1) * table.entriesWritten());
        long before = copies.copiedEntries();
        for (long page = 0; page < 512; page++) {
            table.protect(page * FRAME, PagingEntry.WRITE, 0);
        }
        assertThat(copies.copiedEntries() - before).isEqualTo((PLACES - 1) * 512);
    }

    @Test
    void withoutMemoryForACopyNothingChanges() {
        ReplicatedTables copies = copies(TableFormat.EPT);
        PageTable table = new PageTable(copies, copies, TableFormat.EPT, 4);
        table.map(0x20_0000, 0x7000, PageSize.SIZE_4K);
        copies.replicate(table, 1);
        frames.get(2).empty = true;
        assertThatThrownBy(() -> copies.replicate(table, 2)).hasMessage("no frames left");
        assertThat(copies.places()).containsExactly(0, 1);
        copies.check();
        assertThat(frames.get(2).used()).isZero();
        assertThat(table.lookup(0x20_0000)).isEqualTo(0x7000);
    }

    @Test
    void aNewTableNeedsMemoryInEveryPlace() {
        ReplicatedTables copies = copies(TableFormat.EPT);
        PageTable table = new PageTable(copies, copies, TableFormat.EPT, 4);
        copies.replicate(table, 1);
        frames.get(1).empty = true;
        assertThatThrownBy(() -> table.map(0, 0, PageSize.SIZE_4K)).hasMessage("no frames left");
        assertThat(frames.get(0).used()).isEqualTo(1);
    }

    @Test
    void homeCannotBeDropped() {
        ReplicatedTables copies = copies(TableFormat.EPT);
        assertThatThrownBy(() -> copies.drop(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> copies.drop(2)).isInstanceOf(IllegalArgumentException.class);
    }
}
