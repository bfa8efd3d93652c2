package org.nestwalk.guest.kernel;

import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SoftwareCosts;

/// How the kernel copies between a program's memory and the pages of files.
final class Copies {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private Copies() {}

    /// How much of a copy lies within one page on both sides.
    static long within(long offset, long gva, long bytes) {
        return Math.min(bytes, PAGE - Math.max(offset % PAGE, gva % PAGE));
    }

    /// The guest-physical address of `gva`, as the kernel reaches it for the program: with the
    /// faults that it takes, and the flags that the processor would set.
    static long reach(
            KernelCpu cpu, PageFaults faults, AddressSpace space, long gva, boolean write) {
        long code = write ? PageFaultCode.WRITE : 0;
        long entry = space.entry(gva);
        if (!PagingEntry.isPresent(entry) || (write && (entry & PagingEntry.WRITE) == 0)) {
            faults.handle(cpu, space, gva, code);
        }
        space.setBits(gva, 0, PagingEntry.ACCESSED | (write ? PagingEntry.DIRTY : 0));
        return space.translate(gva);
    }

    /// Copies words within a page.
    ///
    /// @param from -1 for zeroes
    static void copy(KernelCpu cpu, SoftwareCosts costs, long from, long to, long bytes) {
        cpu.spend(Cost.GUEST_COPYING, costs.copying() * bytes / PAGE);
        for (long at = 0; at < bytes; at += Long.BYTES) {
            cpu.store(to + at, from < 0 ? 0 : cpu.load(from + at));
        }
    }
}
