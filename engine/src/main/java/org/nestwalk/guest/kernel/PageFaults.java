package org.nestwalk.guest.kernel;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VmExit;

/// What the kernel does about page faults: memory at first touch, a copy at the first write to a
/// shared page, an end to programs that access what is not theirs.
///
/// A read gets memory as a write does; Linux's shared page of zeroes for reads is not modelled.
final class PageFaults {
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final PageSize LARGE = PageSize.SIZE_2M;

    private final KernelSettings settings;
    private final GuestFrames frames;
    private final CopyOnWrite copyOnWrite;
    private @Nullable CachedFiles files;

    PageFaults(KernelSettings settings, GuestFrames frames, CopyOnWrite copyOnWrite) {
        this.settings = settings;
        this.frames = frames;
        this.copyOnWrite = copyOnWrite;
    }

    /// Asks `cached` for pages of files that are mapped.
    void use(CachedFiles cached) {
        files = cached;
    }

    /// Whether part of a range is mapped to a file.
    boolean mapsFile(AddressSpace space, long start, long end) {
        return files != null && files.mappings().overlaps(space, start, end);
    }

    /// Makes an access of `code` to `gva` possible.
    ///
    /// @throws GuestFailure if the program may not make it, or there is no memory
    void handle(KernelCpu cpu, @Nullable AddressSpace space, long gva, long code) {
        Vma vma = space == null ? null : space.vmas.find(gva);
        if (space == null || vma == null) {
            throw segmentationFault(gva, code, "is not mapped");
        }
        if (!vma.allows(wanted(code))) {
            throw segmentationFault(gva, code, "is not permitted");
        }
        space.counts.pageFaults++;
        int level = space.leafLevel(gva);
        if (level == 0 && files != null && files.mapPage(space, vma, gva)) {
            if ((code & PageFaultCode.WRITE) != 0) {
                copyOnWrite.write(cpu, space, gva, 1);
            }
        } else if (level == 0) {
            touchFirst(cpu, space, vma, gva, (code & PageFaultCode.WRITE) != 0);
        } else if ((code & PageFaultCode.WRITE) != 0) {
            copyOnWrite.write(cpu, space, gva, level);
        }
        // Otherwise another CPU was faster: the access will succeed.
    }

    private void touchFirst(KernelCpu cpu, AddressSpace space, Vma vma, long gva, boolean write) {
        if (!touchLarge(space, vma, gva, write, block -> hint(cpu, block))) {
            give(space, vma, gva, frames.takeFrame(), SMALL, write);
            space.counts.firstTouches++;
        }
    }

    /// Gives memory to the 2-MiB page around `gva`, as a first write would, and returns whether it
    /// did: if nothing of it is there, the process may have one, and there is a block. The
    /// hypervisor is asked for its memory first.
    boolean prefetchLarge(KernelCpu cpu, AddressSpace space, long gva) {
        return touchLarge(
                space,
                requireWritable(space, gva),
                gva,
                true,
                block -> {
                    hint(cpu, block);
                    Prefetching.ask(cpu, block, LARGE.bytes(), Hypercalls.PREFETCH_LARGE);
                });
    }

    private boolean touchLarge(
            AddressSpace space, Vma vma, long gva, boolean write, LongConsumer announcing) {
        if (settings.pages() == PagePolicy.TRANSPARENT_HUGE && takesLarge(space, vma, gva)) {
            long block = frames.take(LARGE);
            if (block >= 0) {
                announcing.accept(block);
                give(space, vma, gva, block, LARGE, write);
                space.counts.largeTouches++;
                return true;
            }
            space.counts.largeFallbacks++;
        }
        return false;
    }

    /// Gives the frame at `gpa`, which was just taken, to the page at `gva`, which has none, as a
    /// first write would; gives it back if that fails.
    void give(AddressSpace space, long gva, long gpa) {
        give(space, requireWritable(space, gva), gva, gpa, SMALL, true);
        space.counts.firstTouches++;
    }

    /// The area of `gva`.
    ///
    /// @throws GuestFailure if it may not be written
    static Vma requireWritable(AddressSpace space, long gva) {
        Vma vma = space.vmas.find(gva);
        if (vma == null || !vma.allows(Vma.WRITE)) {
            throw segmentationFault(
                    gva, PageFaultCode.WRITE, vma == null ? "is not mapped" : "is not permitted");
        }
        return vma;
    }

    private void give(
            AddressSpace space, Vma vma, long gva, long gpa, PageSize size, boolean write) {
        frames.zero(gpa, size);
        frames.undoingTake(gpa, size, () -> space.map(gva, gpa, size, vma, write));
    }

    private boolean takesLarge(AddressSpace space, Vma vma, long gva) {
        long start = gva & -LARGE.bytes();
        return vma.contains(start, start + LARGE.bytes())
                && space.isFree(gva, LARGE)
                && !mapsFile(space, start, start + LARGE.bytes());
    }

    /// Tells the hypervisor, if that is wanted, that the 2-MiB block at `gpa` is about to be used
    /// as one page.
    void hint(KernelCpu cpu, long gpa) {
        if (settings.hints()) {
            var _ = cpu.hypercall(Hypercalls.HINT_LARGE_PAGES, gpa, LARGE.bytes(), 0);
        }
    }

    private static int wanted(long code) {
        if ((code & PageFaultCode.FETCH) != 0) {
            return Vma.EXECUTE;
        }
        return (code & PageFaultCode.WRITE) != 0 ? Vma.WRITE : Vma.READ;
    }

    private static GuestFailure segmentationFault(long gva, long code, String why) {
        String access =
                (code & PageFaultCode.FETCH) != 0
                        ? "a fetch from"
                        : (code & PageFaultCode.WRITE) != 0 ? "a write to" : "a read of";
        return new GuestFailure(
                VmExit.Cause.SEGMENTATION_FAULT, "%s 0x%x, which %s".formatted(access, gva, why));
    }
}
