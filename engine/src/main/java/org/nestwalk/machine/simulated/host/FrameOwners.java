package org.nestwalk.machine.simulated.host;

import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/// Who has which host frame: one word a frame, 8 bytes for every frame near one that is owned. With
/// [SharedFrames] it is the reverse map from a frame to all pages that it backs.
///
/// ```text
///  63     61 60                45 44   40 39                             0
/// +---------+--------------------+-------+--------------------------------+
/// |  kind   |  virtual machine   |   0   |  guest frame number (PAGE)     |
/// |         |  (0 for SHARED)    |       |  number in SharedFrames        |
/// +---------+--------------------+-------+--------------------------------+
/// ```
public final class FrameOwners {
    /// Nobody's: free, or another tenant's.
    public static final int NONE = 0;

    /// Backs a page of a virtual machine.
    public static final int PAGE = 1;

    /// Holds a table, or another structure, of the hypervisor for a virtual machine.
    public static final int TABLE = 2;

    /// Reserved by the hypervisor; backs nothing.
    public static final int RESERVED = 3;

    /// Backs several pages, of one virtual machine or more.
    public static final int SHARED = 4;

    private static final int CHUNK_SHIFT = 15;
    private static final int KIND_SHIFT = 61;
    private static final int MACHINE_SHIFT = 45;
    private static final long GUEST_FRAME = (1L << 40) - 1;

    private final long[][] chunks;
    private final SharedFrames shared = new SharedFrames();

    /// For frames 0 to `frames` - 1, all nobody's.
    public FrameOwners(long frames) {
        chunks = new long[(int) ((frames >>> CHUNK_SHIFT) + 1)][];
    }

    /// The owner of the frame at `hpa`.
    public long of(long hpa) {
        long frame = hpa >>> 12;
        long[] chunk = chunks[(int) (frame >>> CHUNK_SHIFT)];
        return chunk == null ? 0 : chunk[(int) frame & (1 << CHUNK_SHIFT) - 1];
    }

    /// Gives `count` frames from `hpa` to an owner.
    ///
    /// @throws IllegalStateException if one has another owner
    public void take(long hpa, int count, int kind, int machine, long gpa) {
        for (int i = 0; i < count; i++) {
            long at = hpa + ((long) i << 12);
            if (of(at) != 0) {
                throw new IllegalStateException(
                        "frame " + Long.toHexString(at) + " has two owners");
            }
            set(at, pack(kind, machine, (gpa >>> 12) + i));
        }
    }

    /// Makes `count` frames from `hpa` nobody's.
    ///
    /// @throws IllegalStateException if one is already, or shared
    public void give(long hpa, int count) {
        for (int i = 0; i < count; i++) {
            long at = hpa + ((long) i << 12);
            if (of(at) == 0 || isShared(at)) {
                throw new IllegalStateException(
                        "frame %x %s".formatted(at, of(at) == 0 ? "has no owner" : "is shared"));
            }
            set(at, 0);
        }
    }

    /// Frames that are shared.
    SharedFrames shared() {
        return shared;
    }

    /// Whether the frame at `hpa` backs more than one page.
    public boolean isShared(long hpa) {
        return kind(of(hpa)) == SHARED;
    }

    /// How many pages the frame at `hpa` backs.
    public int pages(long hpa) {
        long owner = of(hpa);
        return switch (kind(owner)) {
            case PAGE -> 1;
            case SHARED -> shared.count(number(owner));
            default -> 0;
        };
    }

    /// Whether the frame at `hpa` backs the page at `gpa` of a virtual machine.
    public boolean backs(long hpa, int machine, long gpa) {
        long owner = of(hpa);
        long page = pack(PAGE, machine, gpa >>> 12);
        return owner == page || (kind(owner) == SHARED && shared.contains(number(owner), page));
    }

    /// Shows `consumer` the word of every page that the frame at `hpa` backs. They must not change
    /// meanwhile.
    public void forEachPage(long hpa, LongConsumer consumer) {
        long owner = of(hpa);
        switch (kind(owner)) {
            case PAGE -> consumer.accept(owner);
            case SHARED -> shared.forEach(number(owner), consumer);
            default -> {}
        }
    }

    /// Whether all pages that the frame at `hpa` backs are as `condition` says of their words.
    public boolean allPages(long hpa, LongPredicate condition) {
        long owner = of(hpa);
        return kind(owner) == SHARED
                ? shared.all(number(owner), condition)
                : kind(owner) != PAGE || condition.test(owner);
    }

    /// The frame at `hpa`, which backs a page, backs that at `gpa` of a virtual machine, too.
    ///
    /// @throws IllegalStateException if it backs none
    public void share(long hpa, int machine, long gpa) {
        long owner = of(hpa);
        long page = pack(PAGE, machine, gpa >>> 12);
        switch (kind(owner)) {
            case PAGE -> set(hpa, (long) SHARED << KIND_SHIFT | shared.create(owner, page));
            case SHARED -> shared.add(number(owner), page);
            default -> throw new IllegalStateException("frame %x backs no page".formatted(hpa));
        }
    }

    /// The frame at `hpa` no longer backs the page at `gpa` of a virtual machine.
    ///
    /// @return whether that was the last one, so that the frame is nobody's
    /// @throws IllegalStateException if it does not back that page
    public boolean drop(long hpa, int machine, long gpa) {
        long owner = of(hpa);
        long page = pack(PAGE, machine, gpa >>> 12);
        if (kind(owner) == SHARED) {
            long left = shared.remove(number(owner), page);
            if (left != 0) {
                set(hpa, left);
            }
            return false;
        }
        if (owner != page) {
            throw new IllegalStateException(
                    "frame %x does not back page %x of virtual machine %d"
                            .formatted(hpa, gpa, machine));
        }
        set(hpa, 0);
        return true;
    }

    /// Everyone who has the frame at `from` has that at `to`, which was nobody's, instead.
    ///
    /// @throws IllegalStateException if it was not
    public void move(long from, long to) {
        if (of(to) != 0) {
            throw new IllegalStateException("frame " + Long.toHexString(to) + " has two owners");
        }
        set(to, of(from));
        set(from, 0);
    }

    /// Shows `consumer` the address of every frame from `from` to `end` that has an owner, in
    /// ascending order, at a cost that depends on how many are or were near such frames.
    public void forEachOwned(long from, long end, LongConsumer consumer) {
        long last = end - 1 >>> 12;
        for (long frame = from >>> 12; frame <= last; ) {
            int number = (int) (frame >>> CHUNK_SHIFT);
            long next = (number + 1L) << CHUNK_SHIFT;
            long[] chunk = chunks[number];
            for (long at = frame; chunk != null && at < next && at <= last; at++) {
                if (chunk[(int) at & (1 << CHUNK_SHIFT) - 1] != 0) {
                    consumer.accept(at << 12);
                }
            }
            frame = next;
        }
    }

    private static int number(long owner) {
        return (int) owner;
    }

    /// The kind of an owner, one of the constants above.
    public static int kind(long owner) {
        return (int) (owner >>> KIND_SHIFT);
    }

    /// The virtual machine of an owner.
    public static int machine(long owner) {
        return (int) (owner >>> MACHINE_SHIFT) & 0xffff;
    }

    /// The guest-physical address that a frame backs whose owner is of kind [#PAGE].
    public static long gpa(long owner) {
        return (owner & GUEST_FRAME) << 12;
    }

    /// The word of an owner; `guestFrame` counts for kind [#PAGE] alone.
    public static long pack(int kind, int machine, long guestFrame) {
        long frame = kind == PAGE ? guestFrame : 0;
        return (long) kind << KIND_SHIFT | (long) machine << MACHINE_SHIFT | frame;
    }

    private void set(long hpa, long owner) {
        long frame = hpa >>> 12;
        int chunk = (int) (frame >>> CHUNK_SHIFT);
        if (chunks[chunk] == null) {
            chunks[chunk] = new long[1 << CHUNK_SHIFT];
        }
        chunks[chunk][(int) frame & (1 << CHUNK_SHIFT) - 1] = owner;
    }
}
