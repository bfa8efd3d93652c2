package org.nestwalk.machine.dirty;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.PageSet;

/// The pages that one virtual CPU has written first, in order, until they are harvested and the
/// ring is reset: KVM's dirty ring (Linux `Documentation/virt/kvm/api.rst`, section 8.29).
///
/// ```text
///        reset         harvested        next
///          v               v              v
/// | free   | harvested     | new          | free ...      entries modulo the ring's size
/// ```
///
/// An entry is a page's address, with the level of the page that maps it in bits 2:0.
public final class DirtyRing {
    /// Entries of a ring: what QEMU recommends (`dirty-ring-size=4096`).
    public static final int ENTRIES = 4096;

    /// Entries that are left when the ring is *soft full* and its CPU has to exit
    /// (`KVM_DIRTY_RING_RSVD_ENTRIES`): an exit may write more than one.
    public static final int RESERVED = 64;

    private static final long LEVEL = 7;

    private final long[] entries;
    private long reset;
    private long harvested;
    private long next;

    /// An empty ring.
    ///
    /// @param size number of entries, more than [#RESERVED]
    DirtyRing(int size) {
        this.entries = new long[size];
    }

    /// Whether so many entries are in use that the CPU has to exit.
    boolean isSoftFull() {
        return next - reset >= entries.length - RESERVED;
    }

    /// Appends a page.
    ///
    /// @throws IllegalStateException if there is no free entry
    void append(long page, PageSize size) {
        if (next - reset == entries.length) {
            throw new IllegalStateException("the dirty ring has no free entry");
        }
        entries[(int) (next % entries.length)] = page | size.level();
        next++;
    }

    /// Gives all new entries to `consumer`, the oldest first, as ranges.
    void harvest(PageSet.RangeConsumer consumer) {
        for (; harvested < next; harvested++) {
            long entry = entries[(int) (harvested % entries.length)];
            consumer.range(entry & ~LEVEL, PageSize.ofLevel((int) (entry & LEVEL)).bytes());
        }
    }

    /// Frees the entries that were harvested.
    void reset() {
        reset = harvested;
    }
}
