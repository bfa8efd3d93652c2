package org.nestwalk.hypervisor.devices;

/// A step of taking a mapping from a device.
public enum UnmapStep {
    /// Entries are cleared.
    CLEAR,
    /// Lines of tables are written back, for units that do not snoop.
    WRITE_BACK,
    /// The IOTLB is told, by the queue.
    INVALIDATE,
    /// Devices with TLBs of their own are told, by the queue.
    INVALIDATE_DEVICES,
    /// All that is waited for.
    WAIT,
    /// Memory is unpinned, and free; so are tables that are empty.
    FREE
}
