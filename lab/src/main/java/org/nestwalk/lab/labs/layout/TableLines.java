package org.nestwalk.lab.labs.layout;

import java.util.BitSet;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.vm.GuestTables;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.random.Xoshiro256;

/// Linear addresses found by the lines of the page tables that their walks read, as AnC does (Gras
/// et al., "ASLR on the line: practical cache attacks on the MMU", NDSS 2017): reading a secret
/// address takes longer if the line of one of its four entries was evicted before, and which line
/// of a page was evicted is known, whatever page it is.
///
/// Of each level nine bits are looked for: where the line is in its page says the six high ones;
/// reading further addresses, one entry on each time, until the line changes, says the three low
/// ones. Nothing but offsets within pages is used, which no layout changes.
final class TableLines {
    /// Bits of an address that are looked for.
    static final int BITS = 36;

    private static final int LEVELS = 4;
    private static final int LINES = 64;
    private static final int LINE = 64;
    private static final int STEPS = 8;
    private static final int INDEX_BITS = 9;
    private static final int ENOUGH = 3;
    private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;
    private static final long PAGE = 4096;
    private static final long FRAME_MASK = (1L << 52) - PAGE;

    private final ScatteredGuest guest;
    private final SharedCache cache;
    private final Xoshiro256 random;
    private final GuestTables tables;
    private final int evicting;
    private final int evictingPages;
    private final boolean moves;
    private long[] places;

    /// @param moves whether all memory moves before each level is looked at
    TableLines(ScatteredGuest guest, SharedCache cache, boolean moves, Xoshiro256 random) {
        this.guest = guest;
        this.cache = cache;
        this.moves = moves;
        this.random = random;
        this.places = guest.places();
        // Tables are in the first half of the data, where nothing was stored, and what evicts them
        // in the second.
        long quarter = places.length / 4 * PAGE;
        this.tables =
                new GuestTables(guest.vm().memory(), guest.dataStart() + (moves ? quarter : 0));
        this.evicting = places.length / 2;
        this.evictingPages = Math.min(places.length - evicting, pagesFor(cache));
    }

    /// Pages whose lines at one offset evict all others at that offset, nearly always.
    static int pagesFor(SharedCache cache) {
        return ENOUGH * cache.ways() * cache.colours();
    }

    /// Looks for one secret address, drawn here. Returns how many of its bits are found.
    int attack() {
        long secret = random.nextLong() & (1L << 46) - PAGE;
        PageTable table = new PageTable(tables, tables, TableFormat.X86, LEVELS);
        for (int level = 1; level <= LEVELS; level++) {
            for (long step = 0; step <= STEPS; step++) {
                long address = secret + (step << shift(level));
                if (table.lookup(address) == -1) {
                    table.map(address, guest.dataStart(), PageSize.SIZE_4K);
                }
            }
        }
        places = guest.places();
        BitSet at = scan(table, secret);
        int found = 0;
        for (int level = LEVELS; level >= 1; level--) {
            if (moves) {
                long _ = guest.move();
                places = guest.places();
            }
            int index = index(table, secret, level, at);
            long wrong = index ^ secret >>> shift(level) & INDEX_MASK;
            found += index < 0 ? 0 : INDEX_BITS - Long.bitCount(wrong);
        }
        return found;
    }

    private static int shift(int level) {
        return 12 + INDEX_BITS * (level - 1);
    }

    /// The lines of a page on which entries of a walk are.
    private BitSet scan(PageTable table, long address) {
        BitSet slow = new BitSet(LINES);
        for (int line = 0; line < LINES; line++) {
            slow.set(line, isSlow(table, address, line));
        }
        return slow;
    }

    /// The index of a level, from where its line is and after how many entries it changes; -1 if no
    /// change is seen.
    ///
    /// @param at lines of the walk for the address
    private int index(PageTable table, long address, int level, BitSet at) {
        for (int step = 1; step <= STEPS; step++) {
            long next = address + ((long) step << shift(level));
            for (int line = at.nextSetBit(0); line >= 0; line = at.nextSetBit(line + 1)) {
                int following = (line + 1) % LINES;
                boolean leaves = !isSlow(table, next, line);
                boolean comes = !at.get(following) && isSlow(table, next, following);
                if (leaves && (comes || at.get(following)) || comes) {
                    return line * STEPS + STEPS - step;
                }
            }
        }
        return -1;
    }

    /// Whether reading `address` takes longer after line number `line` of every page was evicted.
    private boolean isSlow(PageTable table, long address, int line) {
        long data = line == 0 ? (long) LINES / 2 * LINE : 0;
        boolean _ = walk(table, address, data);
        for (int i = 0; i < evictingPages; i++) {
            boolean _ = cache.access(places[evicting + i] + (long) line * LINE);
        }
        return !walk(table, address, data);
    }

    /// Reads an address: its entries, and data on a line that is not looked at. Returns whether all
    /// were in the cache.
    private boolean walk(PageTable table, long address, long data) {
        boolean hit = true;
        long at = table.root();
        for (int level = LEVELS; level >= 1; level--) {
            long entry = at + (address >>> shift(level) & INDEX_MASK) * Long.BYTES;
            hit &= cache.access(place(entry));
            at = tables.read(entry) & FRAME_MASK;
        }
        boolean found = cache.access(place(at + data));
        return hit && found;
    }

    private long place(long gpa) {
        return places[(int) (gpa / PAGE)] + gpa % PAGE;
    }
}
