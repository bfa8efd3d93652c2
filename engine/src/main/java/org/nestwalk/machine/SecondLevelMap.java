package org.nestwalk.machine;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;

/// The mapping of a virtual machine's memory to the host's, as its hypervisor changes it.
///
/// Every change is complete when the method returns: cached translations that it makes stale are
/// gone on all CPUs, and the cost of that is charged to whoever is being served (a CPU in an exit,
/// or the machine's background account). Ranges are multiples of 4 KiB within guest memory.
public interface SecondLevelMap {
    /// May be read.
    int READ = 1;

    /// May be written.
    int WRITE = 1 << 1;

    /// May be executed.
    int EXECUTE = 1 << 2;

    /// All three.
    int ALL = READ | WRITE | EXECUTE;

    /// Backs the naturally aligned page of `size` around `gpa` with fresh zeroed memory, with the
    /// rights that all claims allow.
    ///
    /// @return false, with nothing changed, if there is no such block of host memory, if part of
    ///   the page is backed already or outside guest memory, or if claims allow different things on
    ///   parts of it
    boolean populate(long gpa, PageSize size);

    /// Backs the naturally aligned page around `gpa` with a block from [HostMemory#reserve], which
    /// is zeroed and belongs to the virtual machine from then on.
    ///
    /// @return false, with nothing changed, as [#populate]
    boolean map(long gpa, long hpa, PageSize size);

    /// Takes the backing of a range away and frees it; pages that have none are skipped. Pages that
    /// reach beyond the range are split first. What the range held is lost.
    void unmap(long gpa, long bytes);

    /// The size of the page that backs `gpa`, as the hypervisor has mapped it; null if none does.
    @Nullable PageSize pageSize(long gpa);

    /// The rights that the guest has on the page that backs `gpa`: those that all claims allow
    /// ([VirtualMachine#claim]), less what the processor cannot grant without others; 0 if none
    /// does.
    int rights(long gpa);

    /// Bytes backed by pages of `size`.
    long backedBytes(PageSize size);

    /// Replaces the 4-KiB pages of the 2-MiB range around `gpa` by one page: copies their contents
    /// to a large block, zeroes the rest of it, and frees them.
    ///
    /// @param hpa a reserved block, or -1 to take one
    /// @return the number of 4-KiB pages copied, or -1 with nothing changed: no block, a page there
    ///   already, rights that differ, or encrypted memory, of which a copy elsewhere is not a copy
    int collapse(long gpa, long hpa);

    /// Replaces the 2-MiB page around `gpa`, if there is one, by 4-KiB pages of the same memory.
    void split(long gpa);
}
