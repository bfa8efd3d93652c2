package org.nestwalk.machine.device;

/// Sees what devices do to memory, as it happens.
@FunctionalInterface
public interface DmaObserver {
    /// An access of a device reaches memory.
    ///
    /// @param port of the device
    /// @param address that the device has used
    /// @param hpa host-physical address of the word
    void performed(DevicePort port, long address, long hpa, boolean write);
}
