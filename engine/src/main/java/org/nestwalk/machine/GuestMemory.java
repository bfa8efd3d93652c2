package org.nestwalk.machine;

/// Guest memory by guest-physical address, as the hypervisor sees it: accesses here are not the
/// guest's, cause no exit, cost nothing, and set no flag in any table. Of encrypted memory they see
/// the ciphertext.
///
/// @see KernelCpu for the guest's own accesses
public interface GuestMemory {
    /// Bytes, from address 0.
    long bytes();

    /// The word at `gpa`, a multiple of 8; 0 where nothing was written.
    ///
    /// @throws IndexOutOfBoundsException beyond the memory
    long read(long gpa);

    /// Stores a word at `gpa`, a multiple of 8, backing its page if it is not.
    ///
    /// @throws IllegalStateException if the guest owns the page, so that the processor refuses
    ///   ([Protection#OWNED])
    /// @throws IndexOutOfBoundsException beyond the memory
    void write(long gpa, long value);

    /// Copies `bytes`, a multiple of 8, between ranges that do not overlap.
    void copy(long from, long to, long bytes);
}
