package org.nestwalk.hypervisor.devices;

/// What an IOMMU's driver takes, in cycles.
///
/// @param allocate finding a free device address
/// @param release giving one back
/// @param find finding the mapping of an address or a buffer
/// @param write writing the entry that maps a page, tables included
/// @param clear clearing it
/// @param call entering and leaving the interface, for a map or an unmap
/// @param defer putting an unmap off
/// @param invalidation submitting invalidations and waiting for them, however many pages
/// @param deviceTlb as much more if a device's own TLB is waited for
/// @param copyingLine copying 64 bytes
public record DriverCosts(
        int allocate,
        int release,
        int find,
        int write,
        int clear,
        int call,
        int defer,
        int invalidation,
        int deviceTlb,
        int copyingLine) {
    /// Of the order of what Malka et al. measured of Linux's driver with a constant-time allocator
    /// of addresses (rIOMMU, ASPLOS 2015, table 1): assumptions, meant to be varied. An
    /// invalidation takes 2,000 cycles uncontended (Markuze et al., ASPLOS 2016); that of a
    /// device's TLB, a round trip on the bus, about a microsecond.
    public static final DriverCosts ASSUMED =
            new DriverCosts(100, 60, 450, 580, 500, 35, 200, 2_000, 3_000, 12);

    /// The same with another cost of an invalidation.
    public DriverCosts withInvalidation(int cycles) {
        return new DriverCosts(
                allocate, release, find, write, clear, call, defer, cycles, deviceTlb, copyingLine);
    }
}
