package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Userfaultfd (Linux `Documentation/admin-guide/mm/userfaultfd.rst`) in the form in which faults
/// are errors: whoever touches a page that is missing or protected gets SIGBUS, or EFAULT if it is
/// the kernel on behalf of a system call. A virtual CPU then returns from its guest, and its own
/// thread sees to the page. Nothing waits for another thread.
///
/// **Hazard.** Java code must never touch memory that is registered: it would get the signal, which
/// ends the process, or, in the other form, stop where the collector waits for it.
public final class UserFault implements AutoCloseable {
    private static final long SYS_USERFAULTFD = 323;
    private static final int CLOEXEC_NONBLOCK = 0x80800;
    private static final int NEW_FROM_DEVICE = 0xaa00;
    private static final long API = 0xc018aa3fL;
    private static final long REGISTER = 0xc020aa00L;
    private static final long WRITEPROTECT = 0xc018aa06L;
    private static final long API_VERSION = 0xaa;
    private static final long FEATURE_WRITE_PROTECT = 1;
    private static final long FEATURE_MISSING_SHMEM = 1 << 5;
    private static final long FEATURE_SIGBUS = 1 << 7;
    private static final long FEATURE_WRITE_PROTECT_SHMEM = 1 << 12;
    private static final long MISSING_AND_WRITE_PROTECT = 3;

    private final FileDescriptor file;

    private UserFault(FileDescriptor file) {
        this.file = file;
    }

    /// Opens one, by the system call or, where that is for the privileged only, by its device.
    ///
    /// @throws SystemCallException if the kernel has none, does not let us, or cannot do this for
    ///   shared memory (Linux 5.19)
    public static UserFault open() {
        long fd = Libc.syscall(SYS_USERFAULTFD, CLOEXEC_NONBLOCK, 0, 0);
        if (fd < 0) {
            fd = openDevice((int) -fd);
        }
        FileDescriptor file = FileDescriptor.of("userfaultfd", (int) fd);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment api = arena.allocate(24, 8);
            api.set(ValueLayout.JAVA_LONG, 0, API_VERSION);
            api.set(
                    ValueLayout.JAVA_LONG,
                    8,
                    FEATURE_WRITE_PROTECT
                            | FEATURE_MISSING_SHMEM
                            | FEATURE_SIGBUS
                            | FEATURE_WRITE_PROTECT_SHMEM);
            file.ioctl("UFFDIO_API", API, api);
            return new UserFault(file);
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

    /// Registers all of `memory`, shared memory: touching a page that its file does not have, or
    /// writing one that is protected, then fails.
    ///
    /// @throws SystemCallException if it fails
    public void register(MappedMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(32, 8);
            range.set(ValueLayout.JAVA_LONG, 0, memory.address());
            range.set(ValueLayout.JAVA_LONG, 8, memory.bytes());
            range.set(ValueLayout.JAVA_LONG, 16, MISSING_AND_WRITE_PROTECT);
            file.ioctl("UFFDIO_REGISTER", REGISTER, range);
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
