package org.nestwalk.kvm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The C library's functions. Those that can fail leave their error number in a segment of the
/// calling thread's own, from which [#check] takes it.
///
/// No call is made with `Linker.Option.critical`: a thread within one would hold up the collector,
/// and a virtual CPU stays in its guest for long.
@SuppressWarnings("restricted") // the one place where native code is called
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(
                    () -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private static final MethodHandle OPEN =
            variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle CLOSE = plainErrno("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ =
            plainErrno("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PREAD =
            plainErrno("pread", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITE =
            plainErrno("pwrite", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LSEEK =
            plainErrno("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle IOCTL =
            variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), 2);
    private static final MethodHandle MMAP =
            plainErrno(
                    "mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                    JAVA_LONG);
    private static final MethodHandle MUNMAP = plainErrno("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MADVISE =
            plainErrno("madvise", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle MPROTECT =
            plainErrno("mprotect", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle MINCORE =
            plainErrno("mincore", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FTRUNCATE =
            plainErrno("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle FALLOCATE =
            plainErrno("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MEMFD_CREATE =
            plainErrno("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SIGACTION =
            plainErrno("sigaction", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SCHED_SETAFFINITY =
            plainErrno("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SCHED_GETAFFINITY =
            plainErrno("sched_getaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SYSCALL =
            variadic(
                    "syscall",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    1);
    private static final MethodHandle SYSCALL_OF_SIX =
            variadic(
                    "syscall",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG, JAVA_LONG),
                    1);

    private Libc() {}

    /// `open(2)`.
    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return check((int) OPEN.invokeExact(STATE.get(), name, flags, 0), "open " + path);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `close(2)`. Its errors are of no use: the descriptor is gone in any case.
    static void close(int fd) {
        try {
            int _ = (int) CLOSE.invokeExact(STATE.get(), fd);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `read(2)`.
    ///
    /// @return bytes read
    static long read(int fd, long address, long bytes) {
        try {
            return check((long) READ.invokeExact(STATE.get(), fd, address, bytes), "read");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `pread(2)`.
    ///
    /// @return bytes read
    static long read(int fd, long address, long bytes, long offset) {
        try {
            return check(
                    (long) PREAD.invokeExact(STATE.get(), fd, address, bytes, offset), "pread");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `pwrite(2)`.
    ///
    /// @return bytes written
    static long write(int fd, long address, long bytes, long offset) {
        try {
            return check(
                    (long) PWRITE.invokeExact(STATE.get(), fd, address, bytes, offset), "pwrite");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `lseek(2)`, which may fail.
    ///
    /// @return its result, or the error number negated
    static long seek(int fd, long offset, int whence) {
        try {
            MemorySegment state = STATE.get();
            long result = (long) LSEEK.invokeExact(state, fd, offset, whence);
            return result < 0 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `ioctl(2)`, which may fail.
    ///
    /// @return its result, or the error number negated
    static int ioctl(int fd, long request, long argument) {
        try {
            MemorySegment state = STATE.get();
            int result = (int) IOCTL.invokeExact(state, fd, request, argument);
            return result < 0 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `mmap(2)`.
    static long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        try {
            long mapped =
                    (long)
                            MMAP.invokeExact(
                                    STATE.get(), address, bytes, protection, flags, fd, offset);
            return check(mapped, "mmap of " + bytes + " bytes");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `munmap(2)`.
    static void munmap(long address, long bytes) {
        try {
            check((int) MUNMAP.invokeExact(STATE.get(), address, bytes), "munmap");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `madvise(2)`.
    ///
    /// @return 0, or the error number negated
    static int madvise(long address, long bytes, int advice) {
        try {
            MemorySegment state = STATE.get();
            int result = (int) MADVISE.invokeExact(state, address, bytes, advice);
            return result < 0 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `mprotect(2)`.
    static void mprotect(long address, long bytes, int protection) {
        try {
            check((int) MPROTECT.invokeExact(STATE.get(), address, bytes, protection), "mprotect");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `mincore(2)`: one byte a page to `vector`.
    static void mincore(long address, long bytes, long vector) {
        try {
            check((int) MINCORE.invokeExact(STATE.get(), address, bytes, vector), "mincore");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `memfd_create(2)` and `ftruncate(2)`.
    static int memfd(String name, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            int fd =
                    check(
                            (int) MEMFD_CREATE.invokeExact(STATE.get(), text, CLOEXEC),
                            "memfd_create");
            try {
                check(
                        (int) FTRUNCATE.invokeExact(STATE.get(), fd, bytes),
                        "ftruncate to " + bytes + " bytes");
            } catch (SystemCallException e) {
                close(fd);
                throw e;
            }
            return fd;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private static final int CLOEXEC = 1;

    /// `fallocate(2)`.
    static void fallocate(int fd, int mode, long offset, long bytes) {
        try {
            check((int) FALLOCATE.invokeExact(STATE.get(), fd, mode, offset, bytes), "fallocate");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `sigaction(2)` without asking for the old action.
    static void sigaction(int signal, MemorySegment action) {
        try {
            check(
                    (int) SIGACTION.invokeExact(STATE.get(), signal, action, MemorySegment.NULL),
                    "sigaction");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `sched_setaffinity(2)` of the calling thread.
    static void setAffinity(MemorySegment mask) {
        try {
            check(
                    (int)
                            SCHED_SETAFFINITY.invokeExact(
                                    STATE.get(), 0, mask.byteSize(), mask.address()),
                    "sched_setaffinity");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `sched_getaffinity(2)` of the calling thread.
    static void getAffinity(MemorySegment mask) {
        try {
            check(
                    (int)
                            SCHED_GETAFFINITY.invokeExact(
                                    STATE.get(), 0, mask.byteSize(), mask.address()),
                    "sched_getaffinity");
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `syscall(2)` with up to three arguments.
    ///
    /// @return its result, or the error number negated
    static long syscall(long number, long first, long second, long third) {
        try {
            MemorySegment state = STATE.get();
            long result = (long) SYSCALL.invokeExact(state, number, first, second, third);
            return result < 0 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// `syscall(2)` with five arguments.
    ///
    /// @return its result, or the error number negated
    static long syscall(long number, long first, long second, long third, long fourth, long fifth) {
        return syscall(number, first, second, third, fourth, fifth, 0);
    }

    /// `syscall(2)` with six arguments.
    ///
    /// @return its result, or the error number negated
    static long syscall(
            long number, long first, long second, long third, long fourth, long fifth, long sixth) {
        try {
            MemorySegment state = STATE.get();
            long result =
                    (long)
                            SYSCALL_OF_SIX.invokeExact(
                                    state, number, first, second, third, fourth, fifth, sixth);
            return result < 0 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// The address of a function of the C library.
    static MemorySegment address(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /// A function that cannot fail.
    static MethodHandle plain(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(address(name), type);
    }

    private static MethodHandle plainErrno(
            String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                address(name), FunctionDescriptor.of(result, parameters), ERRNO);
    }

    /// A function whose parameters from index `first` on are variable.
    private static MethodHandle variadic(String name, FunctionDescriptor type, int first) {
        return LINKER.downcallHandle(
                address(name), type, ERRNO, Linker.Option.firstVariadicArg(first));
    }

    private static int check(int result, String what) {
        if (result < 0) {
            throw new SystemCallException(what, STATE.get().get(JAVA_INT, 0));
        }
        return result;
    }

    private static long check(long result, String what) {
        if (result < 0) {
            throw new SystemCallException(what, STATE.get().get(JAVA_INT, 0));
        }
        return result;
    }

    /// What a downcall can throw beyond its own failure is an error of this program.
    static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException e) {
            return e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(thrown);
    }
}
