package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.PageMap;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.kvm.sys.UserFault;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// The memory behind a guest's, and which of its pages are backed or protected.
///
/// **Hazard.** Java must not touch a page that is missing under userfaultfd, nor store to one that
/// is protected. Where pages are trapped the memory is therefore mapped twice: the guest's mapping
/// is registered with [UserFault] and never touched by Java; Java reads and writes the other one,
/// of pages that are backed, so that neither side can be stopped or killed by the other's traps.
/// Other memory is mapped once.
final class GuestRam implements AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final long bytes;
    private final @Nullable FileDescriptor file;
    private final @Nullable ForkableMemory forkable;
    private final @Nullable UserFault traps;
    private MappedMemory guest;
    private MappedMemory view;
    private MemorySegment segment;
    private final BitSet backed = new BitSet();
    private final BitSet protectedPages = new BitSet();

    private GuestRam(
            long bytes,
            @Nullable FileDescriptor file,
            MappedMemory guest,
            MappedMemory view,
            @Nullable UserFault traps) {
        this.bytes = bytes;
        this.file = file;
        this.forkable = null;
        this.guest = guest;
        this.view = view;
        this.segment = view.segment();
        this.traps = traps;
    }

    private GuestRam(long bytes, ForkableMemory forkable) {
        this.bytes = bytes;
        this.file = null;
        this.forkable = forkable;
        this.guest = forkable.mapping();
        this.view = guest;
        this.segment = guest.segment();
        this.traps = null;
    }

    /// Memory of `bytes` that holds what `layers` hold.
    ///
    /// @throws InputException if the host cannot give it
    static GuestRam of(String name, long bytes, Layers layers) {
        return new GuestRam(bytes, mapped(name, bytes, () -> ForkableMemory.of(bytes, layers)));
    }

    /// Memory of `bytes`, of which nothing is backed yet.
    ///
    /// @throws InputException if the host cannot give it
    static GuestRam create(String name, long bytes, KvmSettings settings) {
        if (settings.backing() == KvmSettings.Backing.ANONYMOUS) {
            MappedMemory memory = mapped(name, bytes, () -> MappedMemory.anonymous(bytes, LARGE));
            // A kernel without large pages refuses both, and then there is nothing to ask for.
            int _ =
                    memory.tryAdvise(
                            0,
                            bytes,
                            settings.hugePages()
                                    ? MappedMemory.HUGE_PAGE
                                    : MappedMemory.NO_HUGE_PAGE);
            return new GuestRam(bytes, null, memory, memory, null);
        }
        if (settings.isForkable()) {
            return new GuestRam(bytes, mapped(name, bytes, () -> ForkableMemory.create(bytes)));
        }
        FileDescriptor file = mapped(name, bytes, () -> FileDescriptor.memory("guest", bytes));
        MappedMemory guest = null;
        MappedMemory view = null;
        UserFault traps = null;
        try {
            guest = mapped(name, bytes, () -> MappedMemory.shared(file, 0, bytes));
            view = mapped(name, bytes, () -> MappedMemory.shared(file, 0, bytes));
            traps = openTraps();
            traps.register(guest);
            return new GuestRam(bytes, file, guest, view, traps);
        } catch (RuntimeException e) {
            closeAll(traps, view, guest, file);
            throw e;
        }
    }

    private static UserFault openTraps() {
        try {
            return UserFault.trapping();
        } catch (SystemCallException e) {
            throw new InputException(
                    "this host does not let us trap pages (%s); set vm.unprivileged_userfaultfd=1 or give access to /dev/userfaultfd"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static <T> T mapped(String name, long bytes, Supplier<T> mapping) {
        try {
            return mapping.get();
        } catch (SystemCallException e) {
            throw new InputException(
                    "the host gives no %d bytes of address space for the memory of %s (%s); use less"
                            .formatted(bytes, name, e.getMessage()),
                    e);
        }
    }

    long bytes() {
        return bytes;
    }

    /// Where KVM finds it.
    long address() {
        return guest.address();
    }

    /// The mapping that the guest uses.
    MappedMemory mapping() {
        return guest;
    }

    /// Called where nothing is in the way of an access to `name` but, without traps, that there is
    /// no memory.
    ///
    /// @throws GuestFailure if memory has no traps
    void requireTrapped(String name) {
        if (!isTrapped()) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to back %s".formatted(name));
        }
    }

    /// Whether first touches and writes to protected pages are trapped.
    boolean isTrapped() {
        return traps != null;
    }

    /// Binds pages backed later to `node` of the host.
    ///
    /// @throws SystemCallException if it fails
    void bind(int node) {
        if (forkable != null) {
            forkable.bind(node);
        } else {
            view.bind(node);
            guest.bind(node);
        }
    }

    /// It as memory that can be frozen.
    ///
    /// @throws UnsupportedOperationException if it cannot
    ForkableMemory forkable() {
        if (forkable == null) {
            throw new UnsupportedOperationException(
                    "only shared memory without traps can be frozen: KvmSettings.FORKABLE");
        }
        return forkable;
    }

    /// Uses the mapping that the memory that can be frozen goes on with.
    void remapped() {
        guest = forkable().mapping();
        view = guest;
        segment = guest.segment();
    }

    /// The layer that has the page of `gpa`, if it may be shared with other virtual machines.
    @Nullable MemoryLayer sharedLayer(long gpa) {
        return forkable == null ? null : forkable.sharedLayer(gpa);
    }

    /// The memory as Java reads and writes it, of pages that are backed.
    MemorySegment segment() {
        return segment;
    }

    /// The word at `gpa`; 0 if its page is not backed.
    long read(long gpa) {
        return isTrapped() && !backed.get(page(gpa)) ? 0 : segment.get(ValueLayout.JAVA_LONG, gpa);
    }

    /// Stores a word in a backed page.
    void write(long gpa, long value) {
        segment.set(ValueLayout.JAVA_LONG, gpa, value);
    }

    /// Whether the page of `gpa` is backed, as far as traps know; where there are none the host's
    /// kernel backs pages as they are touched, and the answer is yes.
    boolean isBacked(long gpa) {
        return !isTrapped() || backed.get(page(gpa));
    }

    boolean isProtected(long gpa) {
        return protectedPages.get(page(gpa));
    }

    /// Backs a page with zeroes, if there is memory.
    ///
    /// @return whether it is backed by a page of `size` now
    boolean populate(long gpa, PageSize size) {
        if (size == PageSize.SIZE_2M && !hasLargePages()) {
            return false;
        }
        if (view.tryAdvise(gpa, size.bytes(), MappedMemory.POPULATE_WRITE) != 0) {
            return false;
        }
        if (size == PageSize.SIZE_2M && !isLarge(gpa)) {
            int _ = view.tryAdvise(gpa, size.bytes(), MappedMemory.COLLAPSE);
            return isLarge(gpa);
        }
        backed.set(page(gpa), page(gpa + size.bytes()));
        return true;
    }

    /// Backs the pages of a range that are not with zeroes, if there is memory, and maps all of
    /// them for the guest, so that their first access takes KVM no fault of this process.
    ///
    /// @return whether they are backed now
    boolean populateAll(long gpa, long length) {
        if (view.tryAdvise(gpa, length, MappedMemory.POPULATE_WRITE) != 0) {
            return false;
        }
        if (isTrapped()) {
            backed.set(page(gpa), page(gpa + length));
            // What cannot be mapped ahead, as a protected page cannot, is mapped when it is
            // touched.
            int _ = guest.tryAdvise(gpa, length, MappedMemory.POPULATE_WRITE);
        }
        return true;
    }

    /// Takes the backing of a range away.
    void unmap(long gpa, long length) {
        if (forkable != null) {
            forkable.unmap(gpa, length);
        } else if (file == null) {
            guest.advise(gpa, length, MappedMemory.DONT_NEED);
        } else {
            file.punchHole(gpa, length);
        }
        if (protectedPages.nextSetBit(page(gpa)) >= 0) {
            protect(gpa, length, false);
        }
        backed.clear(page(gpa), page(gpa + length));
    }

    /// Protects a range against the guest's writes, or ends that.
    ///
    /// @throws UnsupportedOperationException without traps
    void protect(long gpa, long length, boolean against) {
        if (traps == null) {
            throw new UnsupportedOperationException(
                    "pages of this virtual machine are not trapped: writes cannot be");
        }
        traps.protect(guest, gpa, length, against);
        protectedPages.set(page(gpa), page(gpa + length), against);
    }

    private boolean hasLargePages() {
        return file == null && forkable == null;
    }

    /// Whether the host maps the 2-MiB range around `gpa` by one large page.
    boolean isLarge(long gpa) {
        return hasLargePages() && PageMap.isLarge(guest.address() + (gpa & -LARGE));
    }

    /// Makes a large page of the range around `gpa`.
    ///
    /// @return pages that were there, or -1 if the kernel made none
    int collapse(long gpa) {
        long range = gpa & -LARGE;
        if (!hasLargePages() || isLarge(range)) {
            return -1;
        }
        int pages = (int) guest.residentPages(range, LARGE);
        guest.advise(range, LARGE, MappedMemory.HUGE_PAGE);
        return guest.tryAdvise(range, LARGE, MappedMemory.COLLAPSE) == 0 ? pages : -1;
    }

    /// Splits the large page around `gpa` into small ones.
    void split(long gpa) {
        long range = gpa & -LARGE;
        if (isLarge(range)) {
            // The kernel splits the mapping where its rights differ, and does not rejoin it. Nobody
            // else stores meanwhile: this is done alone.
            guest.advise(range, LARGE, MappedMemory.NO_HUGE_PAGE);
            guest.protect(range, PAGE, false);
            guest.protect(range, PAGE, true);
        }
    }

    /// Pages of a range that are in memory.
    long residentPages(long gpa, long length) {
        return view.residentPages(gpa, length);
    }

    /// Pages of 4 KiB that are backed, whatever the size of the mapping.
    long backedPages() {
        return isTrapped() ? backed.cardinality() : view.residentPages(0, bytes);
    }

    /// Adds the pages that are backed, at a cost for ranges and not for each page.
    void backedPages(PageSet into) {
        if (isTrapped()) {
            for (int from = backed.nextSetBit(0); from >= 0; ) {
                int to = backed.nextClearBit(from);
                into.add(from * PAGE, (to - from) * PAGE);
                from = backed.nextSetBit(to);
            }
        } else {
            view.forEachResident(into::add);
        }
    }

    /// Adds the pages that nobody shares.
    void ownPages(PageSet into) {
        if (forkable == null) {
            backedPages(into);
        } else {
            forkable.ownPages(into);
        }
    }

    /// Bytes that the host maps by 2-MiB pages.
    long largeBytes() {
        return hasLargePages() ? PageMap.largeBytes(guest.address(), bytes) : 0;
    }

    private static int page(long gpa) {
        return (int) (gpa / PAGE);
    }

    @Override
    public void close() {
        closeAll(traps, forkable, view, guest, file);
    }

    private static void closeAll(@Nullable AutoCloseable... parts) {
        for (AutoCloseable part : parts) {
            if (part != null) {
                try {
                    part.close();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
