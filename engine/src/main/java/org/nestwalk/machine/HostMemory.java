package org.nestwalk.machine;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameMemory;

/// The host's physical memory as its hypervisor sees it: what is free, how broken up it is, and
/// blocks of it.
public interface HostMemory {
    /// All of it, in bytes.
    long bytes();

    /// What it holds, as devices reach it, with [Capability#HOST_FRAMES].
    default FrameMemory contents() {
        throw new UnsupportedOperationException("this machine does not show its memory");
    }

    /// Free memory, in bytes.
    long freeBytes();

    /// Memory that backs more than one page of virtual machines, in bytes ([SecondLevelMap#share]):
    /// `pages_shared` of Linux's KSM.
    default long sharedBytes() {
        return 0;
    }

    /// Memory that sharing saves: what would be taken if every page had its own, in bytes
    /// (`pages_sharing` of Linux's KSM).
    default long savedBytes() {
        return 0;
    }

    /// Free naturally aligned blocks of `size` that could be taken one after the other.
    long freeBlocks(PageSize size);

    /// The share of free memory that cannot serve a request of `size`, 0 to 1: the unusable free
    /// space index (Gorman and Whitcroft, OLS 2006).
    double unusableIndex(PageSize size);

    /// Takes a naturally aligned block of `size` out of free memory; -1 if there is none.
    ///
    /// @return its host-physical address
    long reserve(PageSize size);

    /// Gives a block from [#reserve] back that backs nothing.
    void release(long hpa, PageSize size);

    /// Tries to make one free block of `size` by moving the pages that are in the way of one, those
    /// of virtual machines (copied, unmapped, flushed, mapped again) as well as other tenants'.
    ///
    /// @param mostMoves the most 4-KiB pages to move; if they are not enough, none is moved
    /// @return how many pages were moved, or -1 if no block can be made within the limit
    int compact(PageSize size, int mostMoves);
}
