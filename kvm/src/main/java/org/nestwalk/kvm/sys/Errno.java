package org.nestwalk.kvm.sys;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Error numbers of Linux on x86-64 that callers look at (`asm-generic/errno-base.h`).
@SuppressWarnings("restricted") // the text is a C string
public final class Errno {
    /// Not permitted.
    public static final int EPERM = 1;

    /// No such file.
    public static final int ENOENT = 2;

    /// Interrupted by a signal.
    public static final int EINTR = 4;

    /// No such address: nothing but a hole up to the end of a file.
    public static final int ENXIO = 6;

    /// Nothing there yet.
    public static final int EAGAIN = 11;

    /// No memory, or too many mappings.
    public static final int ENOMEM = 12;

    /// Permission denied.
    public static final int EACCES = 13;

    /// A bad address.
    public static final int EFAULT = 14;

    /// Exists already.
    public static final int EEXIST = 17;

    /// No such device.
    public static final int ENODEV = 19;

    /// Not valid.
    public static final int EINVAL = 22;

    /// Too many files open in the system.
    public static final int ENFILE = 23;

    /// Too many files open in this process.
    public static final int EMFILE = 24;

    /// No such call.
    public static final int ENOSYS = 38;

    private static final int LONGEST_TEXT = 1024;
    private static final MethodHandle STRERROR =
            Libc.plain(
                    "strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private Errno() {}

    /// What the C library calls an error number.
    public static String text(int errno) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(LONGEST_TEXT).getString(0);
        } catch (Throwable impossible) {
            throw Libc.unexpected(impossible);
        }
    }
}
