package org.nestwalk.iommu;

/// What a unit has done.
public final class UnitCounts {
    long requests;
    long hits;
    long walks;
    long references;
    long translationRequests;

    UnitCounts() {}

    /// Requests to translate, of all kinds.
    public long requests() {
        return requests;
    }

    /// Those that the IOTLB served.
    public long hits() {
        return hits;
    }

    /// Walks through tables.
    public long walks() {
        return walks;
    }

    /// Entries that walks have read.
    public long references() {
        return references;
    }

    /// Requests of device TLBs.
    public long translationRequests() {
        return translationRequests;
    }
}
