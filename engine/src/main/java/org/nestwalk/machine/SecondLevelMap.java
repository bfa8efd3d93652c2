package org.nestwalk.machine;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.invalidation.InvalidationSequence;
import org.nestwalk.memory.PageSet;

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
    ///   the page is backed already, [kept elsewhere][#isKept] or outside guest memory, or if
    ///   claims allow different things on parts of it
    boolean populate(long gpa, PageSize size);

    /// Whether a part of the hypervisor keeps what the 4-KiB page around `gpa` holds elsewhere
    /// ([ExitPart#keeps]): nobody else can back it.
    default boolean isKept(long gpa) {
        return false;
    }

    /// Backs the 4-KiB pages of a range that are not backed, nor [kept elsewhere][#isKept], as
    /// [#populate] does, and makes the guest's first access to each as cheap as can be done before.
    ///
    /// @return false, with some of them backed, if there is no host memory for all
    default boolean populateAll(long gpa, long bytes) {
        for (long page = gpa; page < gpa + bytes; page += PageSize.SIZE_4K.bytes()) {
            if (pageSize(page) == null && !isKept(page) && !populate(page, PageSize.SIZE_4K)) {
                return false;
            }
        }
        return true;
    }

    /// What tells whoever prepares a mapping without being alone that the page may have been taken
    /// away meanwhile: used while nobody is in a guest ([VirtualMachine#exclusively]), which is its
    /// lock. Where the host's kernel keeps to that by itself no invalidation is ever seen.
    default InvalidationSequence invalidations() {
        return InvalidationSequence.UNUSED;
    }

    /// Brings the entries that map a range into the data caches of the CPU that is being served,
    /// where caches are simulated: what software can do for walks to come. Nobody else's are
    /// reached, and no TLB is.
    default void warm(long gpa, long bytes) {}

    /// Backs the naturally aligned page around `gpa` with a block from [HostMemory#reserve], which
    /// is zeroed and belongs to the virtual machine from then on.
    ///
    /// @return false, with nothing changed, as [#populate]
    boolean map(long gpa, long hpa, PageSize size);

    /// Takes the backing of a range away and frees it; pages that have none are skipped. Pages that
    /// reach beyond the range are split first. What the range held is lost.
    ///
    /// @throws org.nestwalk.InputException if a page is [pinned][#pins] whose owner does not let it
    ///   go
    void unmap(long gpa, long bytes);

    /// Backs the naturally aligned page of `size` around `gpa` with the memory that backs the page
    /// around `fromGpa` of `from`, which may be the same virtual machine. The guest finds the same
    /// contents there; neither page is copied. A larger page of `from` is split.
    ///
    /// From then on the frames are shared: a write to either page, by the guest, its kernel, a
    /// processor that sets flags in a guest table, or the hypervisor, gives that page a copy of its
    /// own first, within the exit if there is one, and leaves the others alone. The last that is
    /// left is written in place. Frames are free when nobody has them any more. If the host has no
    /// memory for a copy, the virtual machine that writes fails, and no other.
    ///
    /// @return false, with nothing backed, if `from` has no page of that size there, or as
    ///   [#populate]
    /// @throws UnsupportedOperationException if frames cannot be shared
    ///   ([Capability#SHARED_FRAMES]), or the memory of one of the two is encrypted: under another
    ///   key, or at another address, it means something else
    default boolean share(long gpa, VirtualMachine from, long fromGpa, PageSize size) {
        throw new UnsupportedOperationException("this machine shares no frames");
    }

    /// Lets the 4-KiB page around `gpa` share the memory of the page around `withGpa` of `with`, as
    /// after [#share], if both have the same contents, and frees its own memory: what Linux's KSM
    /// does (`try_to_merge_one_page`). Comparing is charged. Larger pages are split.
    ///
    /// @return false, with nothing changed, if the contents differ, one is not backed, or both
    ///   share it already
    /// @throws UnsupportedOperationException as [#share]
    default boolean merge(long gpa, VirtualMachine with, long withGpa) {
        throw new UnsupportedOperationException("this machine shares no frames");
    }

    /// Whether the memory that backs `gpa` backs the 4-KiB page around `withGpa` of `with`, too.
    /// Pages that are inherited and not mapped yet are backed by nothing.
    default boolean sharesWith(long gpa, VirtualMachine with, long withGpa) {
        return false;
    }

    /// Gives the page around `gpa` memory of its own if it shares it, as a write would.
    ///
    /// @return false, with nothing changed, if the host has no memory for a copy
    default boolean unshare(long gpa) {
        return true;
    }

    /// How many pages, of all virtual machines, the memory backs that backs `gpa`: 1 if it is not
    /// shared, 0 if there is none.
    default int owners(long gpa) {
        return pageSize(gpa) == null ? 0 : 1;
    }

    /// Adds the 4-KiB pages whose memory backs no other page to `into`. On KVM those of memory that
    /// is frozen, or was, are not among them, even if nobody else is left who has them.
    default void ownPages(long memoryBytes, PageSet into) {
        PageSet backed = new PageSet();
        backedPages(memoryBytes, backed);
        backed.forEach(gpa -> {
            if (owners(gpa) == 1) {
                into.add(gpa, PageSize.SIZE_4K.bytes());
            }
        });
    }

    /// Whether `gpa` is in a page that the virtual machine has of the memory that it was made of
    /// ([FrozenMemory#fork]), and that is not backed by a mapping of its own yet: its first access
    /// maps it.
    default boolean isInherited(long gpa) {
        return false;
    }

    /// Whether a write to a large page that is shared copies all of it, if there is a block for
    /// that and no [RightsClaim] differs on parts of it, or splits it and copies 4 KiB, as at first
    /// and in Linux (`do_huge_pmd_wp_page`).
    default void copyWhole(boolean whole) {
        throw new UnsupportedOperationException("this machine shares no frames");
    }

    /// Pages that must stay where they are, because devices reach them.
    default PinnedMemory pins() {
        return PinnedMemory.NONE;
    }

    /// The size of the page that backs `gpa`, as the hypervisor has mapped it; null if none does.
    @Nullable PageSize pageSize(long gpa);

    /// Adds the 4-KiB pages that are backed to `into`, and those that are
    /// [inherited][#isInherited].
    ///
    /// @param memoryBytes of guest memory
    default void backedPages(long memoryBytes, PageSet into) {
        for (long gpa = 0; gpa < memoryBytes; ) {
            PageSize size = pageSize(gpa);
            long bytes = (size == null ? PageSize.SIZE_4K : size).bytes();
            if (size != null) {
                into.add(gpa, bytes);
            }
            gpa += bytes;
        }
    }

    /// The rights that the guest has on the page that backs `gpa`: those that all claims allow
    /// ([VirtualMachine#claim]), without writing while the page may be [shared][#share], less what
    /// the processor cannot grant without others; 0 if none does.
    int rights(long gpa);

    /// Bytes backed by pages of `size`.
    long backedBytes(PageSize size);

    /// Replaces the 4-KiB pages of the 2-MiB range around `gpa` by one page: copies their contents
    /// to a large block, zeroes the rest of it, and frees them. Those that were shared are not any
    /// more.
    ///
    /// @param hpa a reserved block, or -1 to take one
    /// @return the number of 4-KiB pages copied, or -1 with nothing changed: no block, a page there
    ///   already, rights that differ, pages that are [kept small][#keepSmall] or
    ///   [elsewhere][#isKept], or encrypted memory, of which a copy elsewhere is not a copy
    int collapse(long gpa, long hpa);

    /// Keeps pages small until what this returns is closed: a page that is backed by a large block
    /// is split at once, and nothing is collapsed. Pages that are large already stay so until they
    /// are [split][#split]. When nobody keeps pages small any more, 2-MiB pages that were split
    /// meanwhile are pages of 2 MiB again if their memory is still one block that nobody shares,
    /// and all of it has the same rights.
    ///
    /// Where the host's kernel does that by itself nothing happens.
    default SmallPages keepSmall() {
        return () -> {};
    }

    /// Replaces the 2-MiB page around `gpa`, if there is one, by 4-KiB pages of the same memory.
    void split(long gpa);

    /// The host-physical address of the memory that backs `gpa`; -1 if none does, or nobody says.
    default long hostAddress(long gpa) {
        return -1;
    }

    /// Moves the page of `size` around `gpa` to the block at `hpa` from [HostMemory#reserve]:
    /// copies its contents, maps the copy with the same rights and flags, and has all CPUs forget
    /// the old one, which is zeroed and reserved from then on.
    ///
    /// @return the block that it had; -1, with nothing changed, if the page is not backed by one
    ///   page of that size, shares its memory, or is encrypted, so that a copy elsewhere is not a
    ///   copy
    /// @throws UnsupportedOperationException if the hypervisor does not choose frames
    ///   ([Capability#HOST_FRAMES])
    default long exchange(long gpa, long hpa, PageSize size) {
        throw new UnsupportedOperationException("this machine's hypervisor chooses no frames");
    }
}
