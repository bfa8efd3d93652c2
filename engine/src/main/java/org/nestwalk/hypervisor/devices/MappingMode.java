package org.nestwalk.hypervisor.devices;

import org.nestwalk.machine.HostMemory;

/// Ways of protecting memory from a device.
public enum MappingMode {
    /// No buffer is reached after it was taken back: each unmap waits for the IOMMU.
    STRICT("strict"),
    /// Unmaps wait for each other: 256 of them, or 10 ms, are flushed together (Linux's default,
    /// `iommu.strict=0`).
    DEFERRED("deferred"),
    /// Mappings stay for a while in the hope that the same buffer is mapped again (Amit et al.,
    /// vIOMMU, USENIX ATC 2011, section 5).
    OPTIMISTIC("optimistic"),
    /// The device reaches buffers of its own alone, and data is copied (Markuze et al., ASPLOS
    /// 2016).
    SHADOW("shadow buffers"),
    /// The device reaches all memory ("pass-through").
    IDENTITY("identity");

    private final String label;

    MappingMode(String label) {
        this.label = label;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// A mapper of this kind.
    ///
    /// @param domain with the device in it, and nothing else
    /// @param host whose memory devices reach
    public DmaMapper mapper(DeviceDomain domain, HostMemory host) {
        return switch (this) {
            case STRICT -> new PageMapper(domain, PageMapper.Release.STRICT);
            case DEFERRED -> new PageMapper(domain, PageMapper.Release.DEFERRED);
            case OPTIMISTIC -> new OptimisticMapper(domain);
            case SHADOW -> new ShadowBuffers(domain, host);
            case IDENTITY -> new IdentityMapper(domain, host.bytes());
        };
    }
}
