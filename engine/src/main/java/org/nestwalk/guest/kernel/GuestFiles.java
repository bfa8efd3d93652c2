package org.nestwalk.guest.kernel;

import org.nestwalk.machine.KernelCpu;

/// The files that a guest's programs read and write by system calls.
interface GuestFiles {
    /// Copies `bytes` of a file from `offset` to memory; zeroes beyond its end.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if memory may not be written, or there is none
    void read(KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes);

    /// Copies `bytes` of memory to a file, from `offset` on.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if memory may not be read, or there is none for
    ///   the file, or no room on its disk
    void write(KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes);

    /// A range is not mapped any more.
    default void unmapped(AddressSpace space, Vma range) {}

    /// Gives all frames back.
    void close();
}
