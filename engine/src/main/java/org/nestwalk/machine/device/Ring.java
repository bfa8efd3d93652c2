package org.nestwalk.machine.device;

/// A ring of descriptors in memory that a driver fills and a device empties.
///
/// ```text
///          63                                                            0
///         +---------------------------------------------------------------+
/// word 0  |  address of the buffer, as the device uses it                 |
///         +-----------------------------+--+------------------------------+
/// word 1  |      0                      |DD|  length in bytes             |
///         +-----------------------------+--+------------------------------+
///          63                         33 32 31                           0
/// ```
///
/// DD: the device is done with it; the length is then what has arrived.
///
/// @param address of the first descriptor, as the device uses it
/// @param entries descriptors
public record Ring(long address, int entries) {
    /// Bytes of a descriptor.
    public static final int BYTES = 16;

    /// DD.
    public static final long DONE = 1L << 32;

    /// The address of descriptor `index`, which counts on for ever.
    public long at(long index) {
        return address + index % entries * BYTES;
    }

    /// The length in word 1.
    public static int length(long word) {
        return (int) word;
    }
}
