package org.nestwalk.guest.kernel;

import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;

/// Memory for a range before a program touches it, on both sides: frames are taken for all of a
/// batch, the hypervisor is told of them at once, and only then are they zeroed and mapped, so that
/// neither the kernel's zeroing nor the program's first touches leave the guest.
///
/// Frames that the allocator gives one after the other mostly lie side by side, and are one
/// hypercall. The answer is not needed: what the hypervisor does not back is backed when it is
/// touched.
final class Prefetching {
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final int BATCH = 512;

    private final GuestFrames frames;
    private final PageFaults faults;

    Prefetching(GuestFrames frames, PageFaults faults) {
        this.frames = frames;
        this.faults = faults;
    }

    /// Gives memory to all of a range.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if part of it is not mapped, or there is no memory
    void prefetch(KernelCpu cpu, AddressSpace space, Vma range) {
        for (long page = range.start(); page < range.end(); ) {
            page = new Batch(cpu, space).take(page, range.end());
        }
    }

    /// Asks the hypervisor for the memory of a range: again and again for what is left of it.
    static void ask(KernelCpu cpu, long gpa, long bytes, long flags) {
        for (long done = 0; done < bytes; ) {
            long answer = cpu.hypercall(Hypercalls.PREFETCH_PAGES, gpa + done, bytes - done, flags);
            if (answer <= 0) {
                return;
            }
            done += answer;
        }
    }

    /// Pages that are announced together.
    private final class Batch {
        private final KernelCpu cpu;
        private final AddressSpace space;
        private final long[] pages = new long[BATCH];
        private final long[] taken = new long[BATCH];
        private int count;
        private int given;
        private long from = -1;
        private long bytes;

        Batch(KernelCpu cpu, AddressSpace space) {
            this.cpu = cpu;
            this.space = space;
        }

        /// Does it for pages from `first` on, and returns the first that it does not do.
        long take(long first, long end) {
            long page = first;
            try {
                while (page < end && count < BATCH) {
                    page = one(page);
                }
                announce();
                while (given < count) {
                    int next = given++;
                    faults.give(space, pages[next], taken[next]);
                }
                return page;
            } finally {
                for (; given < count; given++) {
                    frames.free(taken[given]);
                }
            }
        }

        private long one(long page) {
            if (space.leafLevel(page) == 0 && faults.mapsFile(space, page, page + SMALL.bytes())) {
                faults.handle(cpu, space, page, PageFaultCode.WRITE | PageFaultCode.USER);
                return page + SMALL.bytes();
            }
            int level = space.leafLevel(page);
            if (level == 0 && !faults.prefetchLarge(cpu, space, page)) {
                Vma _ = PageFaults.requireWritable(space, page);
                pages[count] = page;
                taken[count] = frames.takeFrame();
                add(taken[count], SMALL.bytes());
                count++;
                return page + SMALL.bytes();
            }
            long size = PageSize.ofLevel(space.leafLevel(page)).bytes();
            long start = page & -size;
            add(space.translate(start), size);
            return start + size;
        }

        /// One more range, which is announced with the last if it follows it.
        private void add(long gpa, long length) {
            if (gpa != from + bytes) {
                announce();
                from = gpa;
            }
            bytes += length;
        }

        private void announce() {
            ask(cpu, from, bytes, 0);
            from = -1;
            bytes = 0;
        }
    }
}
