package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.random.Xoshiro256;

/// What is found in a page table, beside the set of the pages that were touched.
class AddressSpaceTest {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long GIB = PageSize.SIZE_1G.bytes();

    @Test
    void pagesOfARangeAreShownFromTheHighestToTheLowest() {
        Xoshiro256 random = new Xoshiro256(3);
        for (PagePolicy policy : PagePolicy.values()) {
            try (Guest guest =
                    new Guest(Machines.FLAT, 256 * Guest.MIB, 1, Guest.settings(policy))) {
                TreeSet<Long> pages = new TreeSet<>();
                AddressSpace space = touched(guest, random, pages);
                for (int i = 0; i < 300; i++) {
                    long start = someEnd(random);
                    long end = start + (1 + random.nextBelow(3 * LARGE / PAGE)) * PAGE;
                    List<Long> found = new ArrayList<>();
                    space.forEachPage(start, end, (gva, level, entry) -> found.add(gva));
                    assertThat(found)
                            .containsExactlyElementsOf(
                                    pages.subSet(start, true, end, false).descendingSet());
                }
                List<Long> all = new ArrayList<>();
                space.forEachPage((gva, level, entry) -> all.add(gva));
                assertThat(all).containsExactlyElementsOf(pages);
            }
        }
    }

    @Test
    void nextMappedRangeIsThatOfTheNextPage() {
        Xoshiro256 random = new Xoshiro256(4);
        try (Guest guest =
                new Guest(Machines.FLAT, 256 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            TreeSet<Long> pages = new TreeSet<>();
            AddressSpace space = touched(guest, random, pages);
            for (int i = 0; i < 500; i++) {
                long from = someEnd(random) & -LARGE;
                long end = from + random.nextBelow(1024) * LARGE;
                Long next = pages.ceiling(from);
                long range = space.nextMappedRange(from, end);
                if (next != null && next < end) {
                    assertThat(range).isEqualTo(next & -LARGE);
                } else {
                    assertThat(range).isGreaterThanOrEqualTo(end);
                }
            }
        }
    }

    /// Touches pages in three gibibytes, at the edges of which and of 2 MiB some lie.
    private static AddressSpace touched(Guest guest, Xoshiro256 random, NavigableSet<Long> pages) {
        GuestProcess process = guest.kernel.start(0, "p", List.of(Vma.everything()));
        long[] stores = new long[60];
        for (int i = 0; i < stores.length; i++) {
            stores[i] = somePage(random);
        }
        guest.kernel.run(process, Guest.source(stores(stores)), 0);
        guest.slice(0, stores.length);
        boolean large = process.pages(PageSize.SIZE_2M) > 0;
        for (long page : stores) {
            pages.add(large ? page & -LARGE : page);
        }
        return process.space();
    }

    private static long[] stores(long[] pages) {
        long[] accesses = new long[pages.length + 1];
        for (int i = 0; i < pages.length; i++) {
            accesses[i] = Guest.store(pages[i]);
        }
        accesses[pages.length] = Guest.load(pages[0]);
        return accesses;
    }

    private static long somePage(Xoshiro256 random) {
        long giga = random.nextBelow(3) * GIB;
        long mega = (random.nextBelow(2) == 0 ? random.nextBelow(4) : 508 + random.nextBelow(4));
        long page = random.nextBelow(2) == 0 ? random.nextBelow(3) : 509 + random.nextBelow(3);
        return BASE + giga + mega * LARGE + page * PAGE;
    }

    private static long someEnd(Xoshiro256 random) {
        return somePage(random) + (random.nextBelow(5) - 2) * PAGE;
    }

    @Test
    void largePagesOfAProcessAreShown() {
        try (Guest guest =
                new Guest(
                        Machines.FLAT,
                        64 * Guest.MIB,
                        1,
                        Guest.settings(PagePolicy.TRANSPARENT_HUGE))) {
            GuestProcess process =
                    guest.kernel.start(
                            0,
                            "p",
                            List.of(
                                    new Vma(BASE, BASE + 2 * LARGE, Vma.ALL),
                                    new Vma(BASE + GIB, BASE + GIB + PAGE, Vma.ALL)));
            List<Long> shown = new ArrayList<>();
            process.forEachLargePage(shown::add);
            assertThat(shown).isEmpty();
            guest.kernel.run(
                    process,
                    Guest.source(
                            Guest.store(BASE),
                            Guest.store(BASE + LARGE),
                            Guest.store(BASE + GIB),
                            Guest.load(BASE)),
                    0);
            guest.slice(0, 3);
            process.forEachLargePage(shown::add);
            // The kernel has the first 2 MiB, its tables part of the next.
            assertThat(shown).containsExactly(2 * LARGE, 3 * LARGE);
            assertThat(process.space().leafLevel(BASE + GIB)).isEqualTo(1);
            assertThat(process.space().leafLevel(BASE + LARGE)).isEqualTo(2);
            assertThat(process.space().leafLevel(BASE + 2 * LARGE)).isZero();
            assertThat(process.space().tables()).as("root, one, two, one").isEqualTo(5);
        }
    }
}
