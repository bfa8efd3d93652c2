package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A range of this process's address space, mapped by `mmap(2)`.
///
/// **Hazards.** Java code must read or write [#segment] only where the kernel lets it at once. A
/// store to a page made read-only ends the whole process, and a read of a page that userfaultfd
/// keeps back stops its thread where the collector waits for it. Such ranges are mapped a second
/// time, and Java uses the other mapping; or they are touched by system calls and guests only.
/// After [#close] the segment throws instead of reaching other memory.
@SuppressWarnings("restricted") // the bounds are those of the mapping
public final class MappedMemory implements AutoCloseable {
    /// Bytes of a page.
    public static final long PAGE = 4096;

    /// MADV_DONTNEED: gives anonymous memory back; unmaps pages of a file.
    public static final int DONT_NEED = 4;

    /// MADV_HUGEPAGE: large pages are welcome.
    public static final int HUGE_PAGE = 14;

    /// MADV_NOHUGEPAGE: they are not.
    public static final int NO_HUGE_PAGE = 15;

    /// MADV_POPULATE_READ: maps, without writing (Linux 5.14).
    public static final int POPULATE_READ = 22;

    /// MADV_POPULATE_WRITE: backs, as if written (Linux 5.14).
    public static final int POPULATE_WRITE = 23;

    /// MADV_COLLAPSE: makes large pages now (Linux 6.1).
    public static final int COLLAPSE = 25;

    /// The highest number of a node that memory can be bound to.
    public static final int MOST_NODE = 1023;

    private static final long PART = 1 << 20;
    private static final long SCANNED = 1 << 26;
    private static final int NODE_BITS = MOST_NODE + 1;
    private static final long SYS_MBIND = 237;
    private static final long MPOL_BIND = 2;
    private static final int READ_WRITE = 3;
    private static final int EXECUTE = 4;
    private static final int SHARED = 1;
    private static final int PRIVATE = 2;
    private static final int ANONYMOUS = 0x20;
    private static final int NO_RESERVE = 0x4000;
    private static final int FIXED = 0x10;
    private static final long SYS_MREMAP = 25;
    private static final long MAY_MOVE_TO_FIXED = 3;
    private static final AtomicInteger OPEN = new AtomicInteger();
    private static final AtomicLong OPEN_BYTES = new AtomicLong();

    private final Arena arena = Arena.ofShared();
    private final long address;
    private final long bytes;
    private final MemorySegment segment;
    private boolean closed;

    private MappedMemory(long address, long bytes) {
        this.address = address;
        this.bytes = bytes;
        segment = MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
        OPEN.incrementAndGet();
        OPEN_BYTES.addAndGet(bytes);
    }

    /// How many are mapped, for tests of leaks.
    public static int open() {
        return OPEN.get();
    }

    /// Zeroed private memory, without a promise of the kernel that there is as much, aligned to
    /// `alignment`, a power of two.
    ///
    /// @throws SystemCallException if it fails
    public static MappedMemory anonymous(long bytes, long alignment) {
        int flags = PRIVATE | ANONYMOUS | NO_RESERVE;
        if (alignment <= PAGE) {
            return new MappedMemory(Libc.mmap(0, bytes, READ_WRITE, flags, -1, 0), bytes);
        }
        long mapped = Libc.mmap(0, bytes + alignment, READ_WRITE, flags, -1, 0);
        long aligned = mapped + alignment - 1 & -alignment;
        if (aligned > mapped) {
            Libc.munmap(mapped, aligned - mapped);
        }
        Libc.munmap(aligned + bytes, mapped + alignment - aligned);
        return new MappedMemory(aligned, bytes);
    }

    /// Zeroed private memory whose contents can be executed.
    ///
    /// @throws SystemCallException if it fails
    public static MappedMemory executable(long bytes) {
        int flags = PRIVATE | ANONYMOUS;
        return new MappedMemory(Libc.mmap(0, bytes, READ_WRITE | EXECUTE, flags, -1, 0), bytes);
    }

    /// A file's contents, shared with whoever else maps it.
    ///
    /// @throws SystemCallException if it fails
    public static MappedMemory shared(FileDescriptor file, long offset, long bytes) {
        return new MappedMemory(
                Libc.mmap(0, bytes, READ_WRITE, SHARED | NO_RESERVE, file.number(), offset), bytes);
    }

    /// A private copy of a file's contents, made page by page at the first write.
    ///
    /// @throws SystemCallException if it fails
    public static MappedMemory copyOnWrite(FileDescriptor file, long offset, long bytes) {
        return new MappedMemory(
                Libc.mmap(0, bytes, READ_WRITE, PRIVATE | NO_RESERVE, file.number(), offset),
                bytes);
    }

    /// Maps a private copy of a file's contents over a range, in place of what is there.
    ///
    /// @param file null for zeroes
    /// @throws SystemCallException if it fails, as where there are no mappings left
    public void replace(long offset, long length, @Nullable FileDescriptor file, long fileOffset) {
        int flags = PRIVATE | NO_RESERVE | FIXED | (file == null ? ANONYMOUS : 0);
        int number = file == null ? -1 : file.number();
        long at = address + offset;
        long _ = Libc.mmap(at, length, READ_WRITE, flags, number, file == null ? 0 : fileOffset);
    }

    /// `mremap(2)`: moves `other`, which has the same size, here, in place of what is there, at
    /// once for all who look. `other` is closed then.
    ///
    /// @throws SystemCallException if it fails
    public void takeOver(MappedMemory other) {
        long result =
                Libc.syscall(SYS_MREMAP, other.address, bytes, bytes, MAY_MOVE_TO_FIXED, address);
        if (result < 0) {
            throw new SystemCallException("mremap", (int) -result);
        }
        other.forget();
    }

    /// Where it begins.
    public long address() {
        return address;
    }

    /// Its size.
    public long bytes() {
        return bytes;
    }

    /// It as Java reads and writes it.
    public MemorySegment segment() {
        return segment;
    }

    /// `mbind(2)`: pages that are not in memory yet will be on `node` and on no other.
    ///
    /// @param node 0 to [#MOST_NODE]
    /// @throws SystemCallException if it fails, such as for a node that the host does not have
    public void bind(int node) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nodes = arena.allocate(NODE_BITS / Byte.SIZE, Long.BYTES);
            long word = (long) node / Long.SIZE * Long.BYTES;
            nodes.set(ValueLayout.JAVA_LONG, word, 1L << node);
            // The kernel takes one bit less than it is told.
            long result =
                    Libc.syscall(
                            SYS_MBIND,
                            address,
                            bytes,
                            MPOL_BIND,
                            nodes.address(),
                            NODE_BITS + 1,
                            0);
            if (result < 0) {
                throw new SystemCallException("mbind to node " + node, (int) -result);
            }
        }
    }

    /// `madvise(2)` of a range.
    ///
    /// @param advice a constant of this class
    /// @throws SystemCallException if it fails
    public void advise(long offset, long length, int advice) {
        int result = tryAdvise(offset, length, advice);
        if (result < 0) {
            throw new SystemCallException(
                    "madvise %d of %d bytes".formatted(advice, length), -result);
        }
    }

    /// `madvise(2)` whose errors are answers.
    ///
    /// @return 0, or the error number negated
    public int tryAdvise(long offset, long length, int advice) {
        return Libc.madvise(address + offset, length, advice);
    }

    /// `mprotect(2)` of a range: readable, and writable if so.
    ///
    /// @throws SystemCallException if it fails
    public void protect(long offset, long length, boolean writable) {
        Libc.mprotect(address + offset, length, writable ? READ_WRITE : 1);
    }

    /// `mincore(2)`: how many of a range's pages are in memory; for shared memory whether the file
    /// has them, mapped or not.
    ///
    /// @throws SystemCallException if it fails
    public long residentPages(long offset, long length) {
        long pages = length / PAGE;
        try (Arena local = Arena.ofConfined()) {
            MemorySegment vector = local.allocate(pages);
            Libc.mincore(address + offset, length, vector.address());
            long count = 0;
            for (long i = 0; i < pages; i++) {
                count += vector.get(ValueLayout.JAVA_BYTE, i) & 1;
            }
            return count;
        }
    }

    /// Gives the ranges whose pages are in memory to `consumer`.
    public void forEachResident(FileDescriptor.RangeConsumer consumer) {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment vector = local.allocate(Math.min(bytes, SCANNED) / PAGE);
            for (long part = 0; part < bytes; part += SCANNED) {
                long pages = Math.min(SCANNED, bytes - part) / PAGE;
                Libc.mincore(address + part, pages * PAGE, vector.address());
                for (long page = 0; page < pages; page++) {
                    long first = page;
                    while (page < pages && (vector.get(ValueLayout.JAVA_BYTE, page) & 1) != 0) {
                        page++;
                    }
                    if (page > first) {
                        consumer.range(part + first * PAGE, (page - first) * PAGE);
                    }
                }
            }
        }
    }

    /// Unmaps it as [#close] does, in parts: the kernel lets others change the mappings of this
    /// process in between, which would wait for as long as the whole takes.
    public void closeInParts() {
        for (long offset = 0; offset < bytes; offset += PART) {
            int _ = tryAdvise(offset, Math.min(PART, bytes - offset), DONT_NEED);
        }
        close();
    }

    @Override
    public synchronized void close() {
        if (forget()) {
            Libc.munmap(address, bytes);
        }
    }

    private synchronized boolean forget() {
        if (closed) {
            return false;
        }
        closed = true;
        arena.close();
        OPEN.decrementAndGet();
        OPEN_BYTES.addAndGet(-bytes);
        return true;
    }
}
