package org.nestwalk.guest.program;

import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.SystemCall.Advice;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Xoshiro256;

/// An allocator of regions at work: each is mapped, filled with objects, read, and given back as a
/// whole, as by region-based memory management or a collector's young spaces.
///
/// The data is divided into slots of `arena` bytes. Each round takes the next slot, in turn, and
/// makes it empty: by `mmap` if it was never used; otherwise as `release` says, by `munmap` and
/// `mmap`, or by `madvise` with MADV_DONTNEED, after which it reads as zeroes, or, if `mixed`, by
/// either, as a random bit says. With `populate` the kernel is then asked for its memory at once
/// (MADV_POPULATE_WRITE), with `populate=prefetch` that of the hypervisor behind it, too; otherwise
/// each page takes a page fault. Then every 64 bytes of it are stored to, in order, and after each
/// store a random word of any slot in use is loaded.
///
/// Nothing is mapped when it starts, so it needs a kernel: it runs in virtual machines only.
final class Arena implements StepSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "arena",
                    "regions mapped, filled, read and given back by system calls, under a kernel",
                    "Gay and Aiken, \"Memory management with explicit regions\", PLDI 1998; Evans,"
                            + " \"A scalable concurrent malloc(3) implementation for FreeBSD\","
                            + " BSDCan 2006: madvise",
                    1 << 14,
                    Arena::new,
                    Parameter.size(
                            "arena",
                            "bytes of a region, rounded up to 4KiB, at most the data",
                            1 << 20,
                            4096,
                            1L << 40),
                    Parameter.choice(
                            "release", "how a region is emptied", "mixed", "munmap", "dontneed"),
                    Parameter.choice(
                            "populate",
                            "whether its memory is asked for first, and that of the hypervisor,"
                                    + " too",
                            "no",
                            "yes",
                            "prefetch"));

    private static final long PAGE = 4096;
    private static final int LINE = 64;

    /// What comes next in a round.
    private enum Phase {
        /// The slot is emptied.
        RELEASE,
        /// The slot, of which nothing is mapped, is mapped.
        MAP,
        /// Its memory is asked for.
        POPULATE,
        /// It is used.
        USE
    }

    private final long base;
    private final long bytes;
    private final long slots;
    private final String release;
    private final @Nullable Advice advice;
    private final Xoshiro256 random;
    private long left;
    private long slot;
    private long used;
    private Phase phase = Phase.RELEASE;
    private @Nullable SystemCall call;

    // Accesses made in this round: stores at even numbers, loads at odd ones.
    private long made;

    Arena(ProgramArguments arguments) {
        left = arguments.accesses();
        base = arguments.base() + PAGE - 1 & -PAGE;
        long room = (arguments.base() + arguments.footprint() & -PAGE) - base;
        bytes = Math.min(arguments.size("arena") + PAGE - 1 & -PAGE, room);
        slots = room / bytes;
        release = arguments.text("release");
        advice =
                switch (arguments.text("populate")) {
                    case "yes" -> Advice.POPULATE;
                    case "prefetch" -> Advice.PREFETCH;
                    default -> null;
                };
        random = new Xoshiro256(arguments.seed());
    }

    @Override
    public int next(long[] block) {
        call = null;
        int count = 0;
        int most = (int) Math.min(block.length, left);
        while (count < most && call == null) {
            if (phase == Phase.USE) {
                count = use(block, count, most);
            } else {
                call = prepare();
            }
        }
        left -= count;
        return count;
    }

    @Override
    public @Nullable SystemCall call() {
        return call;
    }

    /// One phase further; returns the system call that it takes, if it takes one.
    private @Nullable SystemCall prepare() {
        long start = base + slot * bytes;
        return switch (phase) {
            case RELEASE -> {
                boolean isNew = used < slots;
                boolean unmaps = !isNew && unmaps();
                phase = isNew || unmaps ? Phase.MAP : Phase.POPULATE;
                if (isNew) {
                    used++;
                    yield null;
                }
                yield unmaps
                        ? new SystemCall.Unmap(start, bytes)
                        : new SystemCall.Advise(Advice.DONT_NEED, start, bytes);
            }
            case MAP -> {
                phase = Phase.POPULATE;
                yield new SystemCall.Map(start, bytes);
            }
            case POPULATE -> {
                phase = Phase.USE;
                yield advice == null ? null : new SystemCall.Advise(advice, start, bytes);
            }
            case USE -> throw new IllegalStateException("nothing is to be prepared");
        };
    }

    private boolean unmaps() {
        return release.equals("munmap") || (release.equals("mixed") && random.nextBelow(2) == 0);
    }

    /// Fills `block` from index `at` on with accesses of this round, and returns the index after
    /// them.
    private int use(long[] block, int at, int most) {
        long all = bytes / LINE * 2;
        while (at < most && made < all) {
            block[at++] =
                    (made & 1) == 0
                            ? OperationSource.store(base + slot * bytes + made / 2 * LINE)
                            : OperationSource.load(
                                    base
                                            + random.nextBelow(used * bytes / Long.BYTES)
                                                    * Long.BYTES);
            made++;
        }
        if (made == all) {
            made = 0;
            slot = slot + 1 == slots ? 0 : slot + 1;
            phase = Phase.RELEASE;
        }
        return at;
    }
}
