package org.nestwalk.mmu.walk;

import org.nestwalk.bits.Access;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.WalkVisitor;

/// Walks that were made before and need not be made again to know how they end.
///
/// How a walk ends is determined by the page, the kind of access, the table in which it begins and
/// the words that it reads, none of which is zero if it succeeds. It sets the flags that it needs,
/// so that the next one sets none. So as long as memory's [PhysicalMemory#changes] stay the same,
/// the next walk of the page from the same table has the same outcome, makes the same references
/// and finds the same tables. Kept are walks that read one or two guest entries, the bulk of them;
/// what they do is charged as if they were made: before a flat memory, their references by number;
/// where it matters what they refer to, before data caches and memory with a
/// [org.nestwalk.mmu.cache.MemoryDelay], one by one in their order.
///
/// Registers and the second level must stay what they are. Precondition:
/// [WalkHardware#isPredictable].
public final class RepeatedWalks {
    private static final int LEVELS = 6;
    private static final int SECOND_WALKS_SHIFT = 6;
    private static final int SECOND_REFERENCES = (1 << SECOND_WALKS_SHIFT) - 1;

    private final WalkHardware hardware;
    private final PhysicalMemory memory;
    private final boolean eachReference;

    // By the level of the table in which they begin.
    private final WalkTable[] tables = new WalkTable[LEVELS];

    // Never used, but for the compiler.
    @SuppressWarnings("UnusedVariable")
    private long fetched;

    private int start;
    private long table;
    private long version;
    private long guestReferences;
    private long secondReferences;
    private long secondWalks;

    public RepeatedWalks(WalkHardware hardware, PhysicalMemory memory) {
        this.hardware = hardware;
        this.memory = memory;
        this.eachReference = !hardware.countsOnly();
        for (int level = 1; level < LEVELS; level++) {
            tables[level] = new WalkTable(eachReference);
        }
    }

    /// Reads, one right after the other, what is kept of the pages of the accesses from index
    /// `from` to `to` of `block`: the host's memory serves such reads together, where walks in
    /// their turn would each wait.
    public void lookAhead(long[] block, int from, int to) {
        if (start != 0) {
            WalkTable walks = tables[start];
            long sum = 0;
            for (int i = from; i < to; i++) {
                sum += walks.fetch(Access.address(block[i]));
            }
            fetched = sum;
        }
    }

    /// Repeats the walk of `gva`, as counted by `counts`, and returns its translation; or returns
    /// [Translation#MISS] if it has to be made, and is then to be told to [#keep].
    ///
    /// @param type bits of [AccessType]
    public long repeat(long gva, int type, WalkCounts counts) {
        start = hardware.findGuestStart(gva);
        if (start == 0) {
            return Translation.MISS;
        }
        table = hardware.guestTable();
        version = memory.changes();
        WalkTable walks = tables[start];
        int at = walks.find(gva, code(type), table, version);
        if (at < 0) {
            guestReferences = counts.guestReferences;
            secondReferences = counts.secondLevelReferences;
            secondWalks = counts.secondStarts[0];
            return Translation.MISS;
        }
        long translation = walks.translation(at);
        int cost = walks.cost(at);
        int guestReferences = start - Translation.guestSize(translation);
        int secondReferences = cost & SECOND_REFERENCES;
        hardware.repeat(gva, start, cost >>> SECOND_WALKS_SHIFT, walks.found(at));
        if (eachReference) {
            for (int number = 0; number < guestReferences + secondReferences; number++) {
                hardware.repeatReference(walks.reference(at, number));
            }
        } else {
            hardware.references(WalkVisitor.GUEST, guestReferences);
            hardware.references(WalkVisitor.SECOND, secondReferences);
        }
        return translation;
    }

    /// Keeps the walk that has just been made, if it can be repeated: not if it failed from where
    /// it started and was made again from the root, which shows by its references. They are never
    /// too many for the table: two, and those of two second-level walks of at most five levels.
    public void keep(long gva, int type, WalkCounts counts, long translation) {
        int read = start - Translation.guestSize(translation);
        if (start == 0 || read > 2 || counts.guestReferences - guestReferences != read) {
            return;
        }
        int second = (int) (counts.secondLevelReferences - secondReferences);
        int walks = (int) (counts.secondStarts[0] - secondWalks);
        int cost = second | walks << SECOND_WALKS_SHIFT;
        long found = read == 2 ? hardware.lastTable() : 0;
        int at = tables[start].put(gva, code(type), table, version, cost, translation, found);
        if (eachReference) {
            tables[start].putReferences(at, hardware.lastReferences(), read + second);
        }
    }

    private static int code(int type) {
        return (type & (AccessType.READ | AccessType.WRITE | AccessType.FETCH)) >>> 1;
    }
}
