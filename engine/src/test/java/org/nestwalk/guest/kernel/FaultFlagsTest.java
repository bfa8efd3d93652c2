package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// The kernel maps pages with the flags that Linux gives them, before any processor walks.
class FaultFlagsTest {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long ACCESSED = PagingEntry.ACCESSED;
    private static final long BOTH = PagingEntry.ACCESSED | PagingEntry.DIRTY;

    private static long flags(GuestProcess process, long gva) {
        return process.space().entry(gva) & BOTH;
    }

    private static Guest guest(PagePolicy pages) {
        return new Guest(Machines.NESTED, 64 * Guest.MIB, 1, Guest.settings(pages));
    }

    /// Maps without an access after it, which would set the flags as well.
    private static long mapped(Guest guest, GuestProcess process, long gva, boolean write) {
        Vma area = process.space().vmas.find(gva);
        assertThat(area).isNotNull();
        long[] entry = new long[1];
        guest.machine.exclusively(() -> {
            guest.kernel.pageFault(guest.machine.cpus().getFirst().kernel(), gva, write ? 2 : 0);
            entry[0] = flags(process, gva);
        });
        return entry[0];
    }

    private static GuestProcess process(Guest guest) {
        GuestProcess process =
                guest.kernel.start(0, "one", List.of(Vma.around(BASE, 16 * Guest.MIB)));
        guest.kernel.run(process, Guest.source(Guest.store(BASE)), 0);
        guest.slice(0, 1);
        return process;
    }

    @Test
    void readFaultMapsAccessedAndWriteFaultDirtyToo() {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(pages)) {
                GuestProcess process = process(guest);
                long step = PageSize.SIZE_2M.bytes();
                assertThat(mapped(guest, process, BASE + step, false)).isEqualTo(ACCESSED);
                assertThat(mapped(guest, process, BASE + 2 * step, true)).isEqualTo(BOTH);
            }
        }
    }

    @Test
    void forkedPageIsOldAndAsDirtyAndACopyIsWritten() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            GuestProcess parent = process(guest);
            GuestProcess child = guest.kernel.fork(0, parent);
            assertThat(flags(child, BASE)).isEqualTo(PagingEntry.DIRTY);
            assertThat(flags(parent, BASE)).isEqualTo(BOTH);
            assertThat(mapped(guest, parent, BASE, true)).isEqualTo(BOTH);
            assertThat(parent.counts().copies()).isEqualTo(1);
        }
    }

    @Test
    void programOfFirstTouchesUpdatesNoFlags() {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(pages)) {
                List<Long> accesses = new ArrayList<>();
                for (int page = 0; page < 600; page++) {
                    long gva = BASE + page * PageSize.SIZE_4K.bytes();
                    accesses.add((page & 511) % 3 == 0 ? Guest.store(gva) : Guest.load(gva));
                }
                GuestProcess process =
                        guest.kernel.start(0, "one", List.of(Vma.around(BASE, 16 * Guest.MIB)));
                long[] all = accesses.stream().mapToLong(Long::longValue).toArray();
                guest.kernel.run(process, Guest.source(all), 0);
                guest.runAll(100);
                long updates =
                        guest.machine.cpus().getFirst().walkCounts().orElseThrow().flagUpdates;
                assertThat(updates).isZero();
            }
        }
    }
}
