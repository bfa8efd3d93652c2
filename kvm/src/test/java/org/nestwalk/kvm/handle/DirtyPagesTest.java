package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is logged of a program of which every store is known.
class DirtyPagesTest {
    private static final int PAGES = 2048;
    private static final long BYTES = PAGES * 4096L;
    private static final int RING_ENTRIES = 1024;
    private static final int RING_BYTES = RING_ENTRIES * 16;
    private static final int[] WRITTEN = {0, 1, 63, 64, 65, 511, 512, 1000, 2046, 2047};

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void theBitmapHasExactlyThePagesWritten() {
        try (Kvm kvm = Kvm.open();
                PlainGuest guest = new PlainGuest(kvm, BYTES, KvmVm.LOG_DIRTY_PAGES, 0)) {
            run(guest, WRITTEN);
            assertThat(bitmap(guest, false)).isEqualTo(set(WRITTEN));
        }
    }

    @Test
    void withManualProtectionABitStaysUntilItIsCleared() {
        try (Kvm kvm = Kvm.open();
                PlainGuest guest = new PlainGuest(kvm, BYTES, KvmVm.LOG_DIRTY_PAGES, 0)) {
            assumeThat(kvm.has(Extension.MANUAL_DIRTY_PROTECT)).isTrue();
            run(guest, WRITTEN);
            assertThat(bitmap(guest, false)).isEqualTo(set(WRITTEN));
            assertThat(bitmap(guest, true)).isEqualTo(set(WRITTEN));
            assertThat(bitmap(guest, false)).isEqualTo(set());
            run(guest, 7, 64);
            assertThat(bitmap(guest, true)).isEqualTo(set(7, 64));
        }
    }

    @Test
    void theRingHasExactlyThePagesWrittenEachOnce() {
        try (Kvm kvm = Kvm.open()) {
            assumeThat(kvm.has(Extension.DIRTY_RING)).isTrue();
            try (PlainGuest guest = new PlainGuest(kvm, BYTES, KvmVm.LOG_DIRTY_PAGES, RING_BYTES)) {
                run(guest, WRITTEN);
                run(guest, WRITTEN);
                assertThat(harvest(guest)).containsExactlyInAnyOrderElementsOf(list(WRITTEN));
            }
        }
    }

    @Test
    void aPageIsInTheRingAgainOnceTheRingWasReset() {
        try (Kvm kvm = Kvm.open()) {
            assumeThat(kvm.has(Extension.DIRTY_RING)).isTrue();
            try (PlainGuest guest = new PlainGuest(kvm, BYTES, KvmVm.LOG_DIRTY_PAGES, RING_BYTES)) {
                run(guest, WRITTEN);
                harvest(guest);
                assertThat(guest.vm.resetDirtyRings()).isEqualTo(WRITTEN.length);
                run(guest, 64, 3);
                assertThat(harvest(guest)).containsExactlyInAnyOrder(3L, 64L);
            }
        }
    }

    @Test
    void aFullRingExitsAndNothingIsLost() {
        int[] all = IntStream.range(0, PAGES).toArray();
        try (Kvm kvm = Kvm.open()) {
            assumeThat(kvm.has(Extension.DIRTY_RING)).isTrue();
            try (PlainGuest guest = new PlainGuest(kvm, BYTES, KvmVm.LOG_DIRTY_PAGES, RING_BYTES)) {
                List<Long> harvested = new ArrayList<>();
                int full = 0;
                guest.start(PlainGuest.stores(all));
                do {
                    guest.cpu.enter();
                    if (guest.cpu.exit() == Exit.DIRTY_RING_FULL) {
                        full++;
                        harvested.addAll(harvest(guest));
                        guest.vm.resetDirtyRings();
                    }
                } while (!guest.isDone());
                harvested.addAll(harvest(guest));
                assertThat(full).isPositive();
                assertThat(Set.copyOf(harvested).equals(Set.copyOf(list(all)))).isTrue();
                // The store that met the full ring is made after the reset, and logged again.
                assertThat(harvested).hasSizeBetween(PAGES, PAGES + full);
            }
        }
    }

    private static void run(PlainGuest guest, int... pages) {
        guest.start(PlainGuest.stores(pages));
        do {
            guest.cpu.enter();
        } while (guest.cpu.exit() == Exit.INTERRUPTED);
        assertThat(guest.isDone()).isTrue();
    }

    private static BitSet bitmap(PlainGuest guest, boolean clear) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bitmap = arena.allocate(PAGES / 8, 8);
            guest.vm.dirtyLog(PlainGuest.DATA_SLOT, bitmap);
            if (clear) {
                guest.vm.clearDirtyLog(PlainGuest.DATA_SLOT, 0, PAGES, bitmap);
            }
            return BitSet.valueOf(bitmap.toArray(ValueLayout.JAVA_LONG));
        }
    }

    private static List<Long> harvest(PlainGuest guest) {
        List<Long> pages = new ArrayList<>();
        guest.cpu
                .ring()
                .harvest((slot, page) -> {
                    assertThat(slot).isEqualTo(PlainGuest.DATA_SLOT);
                    pages.add(page);
                });
        return pages;
    }

    private static BitSet set(int... pages) {
        BitSet set = new BitSet();
        IntStream.of(pages).forEach(set::set);
        return set;
    }

    private static List<Long> list(int... pages) {
        return IntStream.of(pages).asLongStream().boxed().toList();
    }
}
