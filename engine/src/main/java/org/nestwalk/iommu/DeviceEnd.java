package org.nestwalk.iommu;

/// The device's end of the link to an IOMMU: what the unit can ask of it.
public interface DeviceEnd {
    /// The device is to forget translations of a range: it does so in time, and then answers (PCI
    /// Express, Address Translation Services, 1.1, section 3).
    ///
    /// @param pasid whose, or [RemappingUnit#NO_PASID]
    /// @param address first address, a multiple of `bytes`
    /// @param bytes a power of two, or 0 for all
    void invalidate(int pasid, long address, long bytes);

    /// Whether it has answered all that it was asked.
    boolean isInvalidated();

    /// Writes that have been translated, and are on their way, reach memory now.
    void drain();

    /// A page request has been answered.
    ///
    /// @param group of page requests
    /// @param success whether the pages are there
    void respond(int group, boolean success);

    /// Time for it to go on with what it was asked.
    void work();
}
