package org.nestwalk.kvm.sys;

/// A call to the kernel that failed.
public final class SystemCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /// The failure of `what`, such as `open /dev/kvm`.
    ///
    /// @param errno its error number; see [Errno]
    public SystemCallException(String what, int errno) {
        super("%s: %s".formatted(what, Errno.text(errno)));
        this.errno = errno;
    }

    /// The error number.
    public int errno() {
        return errno;
    }
}
