package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// A lower limit of this process's file descriptors, until closed.
@SuppressWarnings("restricted")
public final class FewDescriptors implements AutoCloseable {
    private static final int RLIMIT_NOFILE = 7;
    private static final MethodHandle GETRLIMIT = function("getrlimit");
    private static final MethodHandle SETRLIMIT = function("setrlimit");

    private final long before;

    private FewDescriptors(long before) {
        this.before = before;
    }

    /// Lets about `more` be opened.
    public static FewDescriptors more(int more) {
        // Its class could not be loaded any more.
        String _ = Errno.text(Errno.EMFILE);
        int next;
        try (FileDescriptor file = FileDescriptor.open("/dev/null", FileDescriptor.READ_ONLY)) {
            next = file.number();
        }
        return new FewDescriptors(exchange(next + more));
    }

    @Override
    public void close() {
        long _ = exchange(before);
    }

    private static MethodHandle function(String name) {
        return Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow(name),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    private static long exchange(long limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(16, 8);
            int got = (int) GETRLIMIT.invokeExact(RLIMIT_NOFILE, limits);
            long old = limits.get(ValueLayout.JAVA_LONG, 0);
            limits.set(ValueLayout.JAVA_LONG, 0, limit);
            int set = (int) SETRLIMIT.invokeExact(RLIMIT_NOFILE, limits);
            if (got != 0 || set != 0) {
                throw new IllegalStateException("limit " + limit);
            }
            return old;
        } catch (Throwable thrown) {
            throw Libc.unexpected(thrown);
        }
    }
}
