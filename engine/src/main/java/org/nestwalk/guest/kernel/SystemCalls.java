package org.nestwalk.guest.kernel;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VmExit;

/// System calls: those that change what a process may use, `mmap`, `munmap`, `mprotect` and
/// `madvise`; `pread` and `pwrite`; and those by which a program talks to the hypervisor.
final class SystemCalls {
    private static final int WRITABLE = Vma.READ | Vma.WRITE;

    private final SoftwareCosts costs;
    private final TlbMaintenance tlbs;
    private final PageFaults faults;
    private GuestFiles files;
    private final Prefetching prefetching;

    SystemCalls(
            SoftwareCosts costs,
            TlbMaintenance tlbs,
            PageFaults faults,
            GuestFiles files,
            Prefetching prefetching) {
        this.files = files;
        this.prefetching = prefetching;
        this.costs = costs;
        this.tlbs = tlbs;
        this.faults = faults;
    }

    /// Reads and writes files of `other` from now on.
    void use(GuestFiles other) {
        files = other;
    }

    /// Does what a program asks for. That costs an entry to the kernel and what the work itself
    /// costs.
    ///
    /// @throws GuestFailure if it is refused, or there is no memory
    void call(KernelCpu cpu, AddressSpace space, SystemCall call) {
        cpu.spend(Cost.SYSTEM_CALL, costs.fault());
        try {
            switch (call) {
                case SystemCall.Map map -> map(space, range(map.start(), map.bytes()));
                case SystemCall.Unmap unmap ->
                        unmap(cpu, space, range(unmap.start(), unmap.bytes()));
                case SystemCall.Advise advise ->
                        advise(cpu, space, advise.advice(), range(advise.start(), advise.bytes()));
                case SystemCall.Read read ->
                        files.read(
                                cpu, space, read.file(), read.offset(), read.start(), read.bytes());
                case SystemCall.Write write ->
                        files.write(
                                cpu,
                                space,
                                write.file(),
                                write.offset(),
                                write.start(),
                                write.bytes());
                case SystemCall.Hypercall(int number, long first, long second, long third) -> {
                    var _ = cpu.hypercall(number, first, second, third);
                }
            }
        } catch (InputException refused) {
            throw new GuestFailure(
                    VmExit.Cause.SEGMENTATION_FAULT,
                    "a system call was refused: " + refused.getMessage());
        }
    }

    private static Vma range(long start, long bytes) {
        return new Vma(start, start + bytes, WRITABLE);
    }

    void map(AddressSpace space, Vma area) {
        space.vmas.add(area);
    }

    /// 2-MiB pages that reach beyond the range are split first, as in Linux.
    void unmap(KernelCpu cpu, AddressSpace space, Vma range) {
        splitEnds(space, range);
        space.vmas.remove(range.start(), range.end());
        drop(cpu, space, range);
        files.unmapped(space, range);
    }

    /// As [#unmap].
    void protect(KernelCpu cpu, AddressSpace space, Vma range) {
        splitEnds(space, range);
        space.vmas.protect(range);
        space.protect(range);
        tlbs.flush(cpu, space, range.start(), range.end(), PageSize.SIZE_4K);
    }

    private void advise(KernelCpu cpu, AddressSpace space, SystemCall.Advice advice, Vma range) {
        switch (advice) {
            case DONT_NEED -> {
                splitEnds(space, range);
                drop(cpu, space, range);
            }
            case POPULATE -> populate(cpu, space, range);
            case PREFETCH -> prefetching.prefetch(cpu, space, range);
        }
    }

    private void drop(KernelCpu cpu, AddressSpace space, Vma range) {
        space.forEachPage(
                range.start(), range.end(), (gva, level, entry) -> space.unmap(gva, level));
        tlbs.flush(cpu, space, range.start(), range.end(), PageSize.SIZE_4K);
    }

    /// Gives memory to what has none, as a first write of each page would.
    private void populate(KernelCpu cpu, AddressSpace space, Vma range) {
        long page = range.start();
        while (page < range.end()) {
            int level = space.leafLevel(page);
            if (level == 0) {
                faults.handle(cpu, space, page, PageFaultCode.WRITE | PageFaultCode.USER);
                level = space.leafLevel(page);
            }
            long bytes = PageSize.ofLevel(level).bytes();
            page = (page & -bytes) + bytes;
        }
    }

    private static void splitEnds(AddressSpace space, Vma range) {
        space.splitAround(range.start());
        space.splitAround(range.end());
    }
}
