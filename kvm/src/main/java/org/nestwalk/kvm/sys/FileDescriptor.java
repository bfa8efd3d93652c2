package org.nestwalk.kvm.sys;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// An open file descriptor. May be closed twice; using it after that is an error of the program,
/// and never reaches another file that has got its number.
public final class FileDescriptor implements AutoCloseable {
    private static final long SYS_FADVISE64 = 221;
    private static final long FADVISE_RANDOM = 1;
    private static final long FADVISE_DONT_NEED = 4;

    /// Read and write.
    public static final int READ_WRITE = 2;

    /// Read only.
    public static final int READ_ONLY = 0;

    private static final int CLOEXEC = 0x80000;
    private static final int PUNCH_HOLE_KEEP_SIZE = 3;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final AtomicInteger OPEN = new AtomicInteger();

    private final String name;
    private volatile int number;

    private FileDescriptor(String name, int number) {
        this.name = name;
        this.number = number;
        OPEN.incrementAndGet();
    }

    /// How many are open, for tests of leaks.
    public static int open() {
        return OPEN.get();
    }

    /// `open(2)`.
    ///
    /// @param mode [#READ_ONLY] or [#READ_WRITE]
    /// @throws SystemCallException if it fails
    public static FileDescriptor open(String path, int mode) {
        return new FileDescriptor(path, Libc.open(path, mode | CLOEXEC));
    }

    /// `memfd_create(2)`: a file of zeroes that is memory only.
    ///
    /// @param name for people who look into `/proc`
    /// @throws SystemCallException if it fails
    public static FileDescriptor memory(String name, long bytes) {
        return new FileDescriptor(name, Libc.memfd(name, bytes));
    }

    /// One that a call has returned.
    public static FileDescriptor of(String name, int number) {
        return new FileDescriptor(name, number);
    }

    /// What it is of.
    public String name() {
        return name;
    }

    /// Its number.
    ///
    /// @throws IllegalStateException if it is closed
    public int number() {
        int result = number;
        if (result < 0) {
            throw new IllegalStateException(name + " is closed");
        }
        return result;
    }

    /// `ioctl(2)`.
    ///
    /// @param what for the message
    /// @return its result
    /// @throws SystemCallException if it fails
    public int ioctl(String what, long request, long argument) {
        int result = Libc.ioctl(number(), request, argument);
        if (result < 0) {
            throw new SystemCallException(what, -result);
        }
        return result;
    }

    /// `ioctl(2)` with a structure, which must not be collected meanwhile: it is of an arena that
    /// the caller holds.
    ///
    /// @throws SystemCallException if it fails
    public int ioctl(String what, long request, MemorySegment argument) {
        return ioctl(what, request, argument.address());
    }

    /// `ioctl(2)` whose errors are answers.
    ///
    /// @return its result, or the error number negated
    public int tryIoctl(long request, long argument) {
        return Libc.ioctl(number(), request, argument);
    }

    /// `pread(2)`.
    ///
    /// @return bytes read; fewer than the segment has at the end of the file
    /// @throws SystemCallException if it fails
    public long read(MemorySegment to, long offset) {
        return Libc.read(number(), to.address(), to.byteSize(), offset);
    }

    /// `pwrite(2)` of all of a range of this process's memory.
    ///
    /// @throws SystemCallException if it fails, as where there is no memory left for a memfd
    public void write(long address, long bytes, long offset) {
        int file = number();
        for (long done = 0; done < bytes; ) {
            done += Libc.write(file, address + done, bytes - done, offset + done);
        }
    }

    /// `posix_fadvise(2)` with POSIX_FADV_DONTNEED: pages of a range that are on the disk are
    /// forgotten by the host's page cache. Reading ahead is turned off (POSIX_FADV_RANDOM).
    ///
    /// @throws SystemCallException if it fails
    public void forget(long offset, long bytes) {
        advise(offset, bytes, FADVISE_RANDOM);
        advise(offset, bytes, FADVISE_DONT_NEED);
    }

    private void advise(long offset, long bytes, long advice) {
        long result = Libc.syscall(SYS_FADVISE64, number(), offset, bytes, advice, 0);
        if (result < 0) {
            throw new SystemCallException("posix_fadvise", (int) -result);
        }
    }

    /// `lseek(2)` with SEEK_DATA and SEEK_HOLE: the parts of a range that are not holes. A memfd
    /// has no others than pages that were touched.
    ///
    /// @throws SystemCallException if it fails
    public void forEachData(long from, long to, RangeConsumer consumer) {
        int file = number();
        long at = from;
        while (at < to) {
            long data = Libc.seek(file, at, SEEK_DATA);
            if (data == -Errno.ENXIO || data >= to) {
                return;
            }
            long hole = data < 0 ? data : Libc.seek(file, data, SEEK_HOLE);
            if (hole < 0) {
                throw new SystemCallException("lseek", (int) -hole);
            }
            at = Math.min(hole, to);
            consumer.range(data, at - data);
        }
    }

    /// Receives ranges.
    @FunctionalInterface
    public interface RangeConsumer {
        /// A range.
        ///
        /// @param from its first byte
        /// @param bytes its length
        void range(long from, long bytes);
    }

    /// `fallocate(2)` with FALLOC_FL_PUNCH_HOLE: gives the memory of a range back; it reads as
    /// zeroes.
    ///
    /// @throws SystemCallException if it fails
    public void punchHole(long offset, long bytes) {
        Libc.fallocate(number(), PUNCH_HOLE_KEEP_SIZE, offset, bytes);
    }

    @Override
    public synchronized void close() {
        if (number >= 0) {
            int closing = number;
            number = -1;
            Libc.close(closing);
            OPEN.decrementAndGet();
        }
    }
}
