package org.nestwalk.guest.kernel.image.attack;

/// A device that writes to memory without asking the second level: no unit for the memory accesses
/// of devices is in its way.
@FunctionalInterface
public interface DeviceMemory {
    /// Has the device store a word at guest-physical address `gpa`.
    void store(long gpa, long value);
}
