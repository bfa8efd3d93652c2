package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Private memory whose pages can be moved to other addresses and put there whole, each at once for
/// everybody who uses it meanwhile: `UFFDIO_MOVE` (Linux 6.8), `UFFDIO_COPY`. A page that is not
/// there is an error to who touches it.
public final class MovablePages implements AutoCloseable {
    private static final long SYS_USERFAULTFD = 323;
    private static final int CLOEXEC_NONBLOCK = 0x80800;
    private static final long API = 0xc018aa3fL;
    private static final long REGISTER = 0xc020aa00L;
    private static final long COPY = 0xc028aa03L;
    private static final long MOVE = 0xc028aa05L;
    private static final long API_VERSION = 0xaa;
    private static final long FEATURE_SIGBUS = 1 << 7;
    private static final long FEATURE_MOVE = 1 << 16;
    private static final long MISSING = 1;
    private static final int EBUSY = 16;

    private final FileDescriptor file;

    /// @throws SystemCallException if the kernel cannot, or does not let us
    public MovablePages() {
        long fd = Libc.syscall(SYS_USERFAULTFD, CLOEXEC_NONBLOCK, 0, 0);
        if (fd < 0) {
            throw new SystemCallException("userfaultfd", (int) -fd);
        }
        file = FileDescriptor.of("userfaultfd", (int) fd);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment api = arena.allocate(24, 8);
            api.set(ValueLayout.JAVA_LONG, 0, API_VERSION);
            api.set(ValueLayout.JAVA_LONG, 8, FEATURE_SIGBUS | FEATURE_MOVE);
            file.ioctl("UFFDIO_API", API, api);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// From now on pages of `memory` that are not there are errors.
    public void register(MappedMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(32, 8);
            range.set(ValueLayout.JAVA_LONG, 0, memory.address());
            range.set(ValueLayout.JAVA_LONG, 8, memory.bytes());
            range.set(ValueLayout.JAVA_LONG, 16, MISSING);
            file.ioctl("UFFDIO_REGISTER", REGISTER, range);
        }
    }

    /// Moves a page to where none is. Returns false, with nothing moved, if it cannot be now.
    public boolean move(long to, long from) {
        return pages(MOVE, "UFFDIO_MOVE", to, from);
    }

    /// Puts a copy of a page to where none is. Returns false if it cannot be now.
    public boolean copy(long to, long from) {
        return pages(COPY, "UFFDIO_COPY", to, from);
    }

    private boolean pages(long command, String name, long to, long from) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(40, 8);
            range.set(ValueLayout.JAVA_LONG, 0, to);
            range.set(ValueLayout.JAVA_LONG, 8, from);
            range.set(ValueLayout.JAVA_LONG, 16, MappedMemory.PAGE);
            int result = file.tryIoctl(command, range.address());
            if (result == -Errno.EAGAIN || result == -EBUSY) {
                return false;
            }
            if (result < 0) {
                throw new SystemCallException(name, -result);
            }
            return true;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
