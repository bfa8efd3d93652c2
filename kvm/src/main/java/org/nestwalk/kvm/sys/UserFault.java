package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Userfaultfd (Linux `Documentation/admin-guide/mm/userfaultfd.rst`), in two forms in which
/// nothing waits for another thread.
///
/// *Trapping*, faults are errors: whoever touches a page that is missing or protected gets SIGBUS,
/// or EFAULT if it is the kernel on behalf of a system call. A virtual CPU then returns from its
/// guest, and its own thread sees to the page.
///
/// *Watching*, the kernel answers the first write to a protected page by ending its protection;
/// [PageMap#collectWritten] tells where that was.
///
/// **Hazard.** Java code must never touch memory that traps: it would get the signal, which ends
/// the process. Memory that is watched is read and written like any other.
public final class UserFault implements AutoCloseable {
    private static final long SYS_USERFAULTFD = 323;
    private static final int CLOEXEC_NONBLOCK = 0x80800;
    private static final int NEW_FROM_DEVICE = 0xaa00;
    private static final long API = 0xc018aa3fL;
    private static final long REGISTER = 0xc020aa00L;
    private static final long UNREGISTER = 0x8010aa01L;
    private static final long WRITEPROTECT = 0xc018aa06L;
    private static final long API_VERSION = 0xaa;
    private static final long FEATURE_WRITE_PROTECT = 1;
    private static final long FEATURE_MISSING_SHMEM = 1 << 5;
    private static final long FEATURE_SIGBUS = 1 << 7;
    private static final long FEATURE_WRITE_PROTECT_SHMEM = 1 << 12;
    private static final long FEATURE_WRITE_PROTECT_UNPOPULATED = 1 << 13;
    private static final long FEATURE_WRITE_PROTECT_ASYNC = 1 << 15;
    private static final long MISSING = 1;
    private static final long WRITE_PROTECT = 2;

    private final FileDescriptor file;
    private final long mode;

    private UserFault(FileDescriptor file, long mode) {
        this.file = file;
        this.mode = mode;
    }

    /// Opens one whose faults are errors, by the system call or, where that is for the privileged
    /// only, by its device.
    ///
    /// @throws SystemCallException if the kernel has none, does not let us, or cannot do this for
    ///   shared memory (Linux 5.19)
    public static UserFault trapping() {
        return open(
                FEATURE_WRITE_PROTECT
                        | FEATURE_MISSING_SHMEM
                        | FEATURE_SIGBUS
                        | FEATURE_WRITE_PROTECT_SHMEM,
                MISSING | WRITE_PROTECT);
    }

    /// Opens one for pages that can be written, once, without a fault that anybody hears of.
    ///
    /// @throws SystemCallException if the kernel has none, does not let us, or cannot do this
    ///   (Linux 6.7)
    public static UserFault watching() {
        return open(
                FEATURE_WRITE_PROTECT
                        | FEATURE_WRITE_PROTECT_SHMEM
                        | FEATURE_WRITE_PROTECT_UNPOPULATED
                        | FEATURE_WRITE_PROTECT_ASYNC,
                WRITE_PROTECT);
    }

    private static UserFault open(long features, long mode) {
        long fd = Libc.syscall(SYS_USERFAULTFD, CLOEXEC_NONBLOCK, 0, 0);
        if (fd < 0) {
            fd = openDevice((int) -fd);
        }
        FileDescriptor file = FileDescriptor.of("userfaultfd", (int) fd);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment api = arena.allocate(24, 8);
            api.set(ValueLayout.JAVA_LONG, 0, API_VERSION);
            api.set(ValueLayout.JAVA_LONG, 8, features);
            file.ioctl("UFFDIO_API", API, api);
            return new UserFault(file, mode);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static int openDevice(int errno) {
        try (FileDescriptor device =
                FileDescriptor.open("/dev/userfaultfd", FileDescriptor.READ_WRITE)) {
            return device.ioctl("USERFAULTFD_IOC_NEW", NEW_FROM_DEVICE, CLOEXEC_NONBLOCK);
        } catch (SystemCallException e) {
            throw new SystemCallException("userfaultfd", errno);
        }
    }

    /// Registers all of `memory`: what this is for happens there from then on. Trapping needs
    /// shared memory.
    ///
    /// @throws SystemCallException if it fails
    public void register(MappedMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(32, 8);
            range.set(ValueLayout.JAVA_LONG, 0, memory.address());
            range.set(ValueLayout.JAVA_LONG, 8, memory.bytes());
            range.set(ValueLayout.JAVA_LONG, 16, mode);
            file.ioctl("UFFDIO_REGISTER", REGISTER, range);
        }
    }

    /// Ends that, with all protection.
    ///
    /// @throws SystemCallException if it fails
    public void unregister(MappedMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(16, 8);
            range.set(ValueLayout.JAVA_LONG, 0, memory.address());
            range.set(ValueLayout.JAVA_LONG, 8, memory.bytes());
            file.ioctl("UFFDIO_UNREGISTER", UNREGISTER, range);
        }
    }

    /// Protects a range of registered memory against writes, or ends that.
    ///
    /// @throws SystemCallException if it fails
    public void protect(MappedMemory memory, long offset, long bytes, boolean against) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(24, 8);
            range.set(ValueLayout.JAVA_LONG, 0, memory.address() + offset);
            range.set(ValueLayout.JAVA_LONG, 8, bytes);
            range.set(ValueLayout.JAVA_LONG, 16, against ? 1 : 0);
            int result;
            do {
                result = file.tryIoctl(WRITEPROTECT, range.address());
            } while (result == -Errno.EAGAIN);
            if (result < 0) {
                throw new SystemCallException("UFFDIO_WRITEPROTECT", -result);
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
