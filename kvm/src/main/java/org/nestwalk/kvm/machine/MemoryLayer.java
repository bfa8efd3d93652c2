package org.nestwalk.kvm.machine;

import java.util.concurrent.atomic.AtomicInteger;
import org.nestwalk.kvm.sys.FileDescriptor;

/// A file that is memory only, of the size of a guest's memory, each page at its guest-physical
/// address: the memory of one virtual machine until that is frozen, and from then on one that never
/// changes and that many map. It is closed by its last user.
final class MemoryLayer implements AutoCloseable {
    private final FileDescriptor file;
    private final AtomicInteger users = new AtomicInteger(1);

    private MemoryLayer(FileDescriptor file) {
        this.file = file;
    }

    /// One without pages, and with one user.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot have it
    static MemoryLayer create(long bytes) {
        return new MemoryLayer(FileDescriptor.memory("guest", bytes));
    }

    FileDescriptor file() {
        return file;
    }

    /// One more uses it.
    void retain() {
        users.incrementAndGet();
    }

    /// One less uses it.
    @Override
    public void close() {
        if (users.decrementAndGet() == 0) {
            file.close();
        }
    }
}
