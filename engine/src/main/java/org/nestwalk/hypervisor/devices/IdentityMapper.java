package org.nestwalk.hypervisor.devices;

import org.nestwalk.bits.PageSize;

/// Lets the device reach all memory at its own addresses, for ever.
final class IdentityMapper implements DmaMapper {
    private final DeviceDomain domain;
    private final long bytes;

    IdentityMapper(DeviceDomain domain, long bytes) {
        this.domain = domain;
        this.bytes = bytes;
        for (long page = 0; page < bytes; page += PageSize.SIZE_2M.bytes()) {
            domain.map(page, page, PageSize.SIZE_2M, true);
        }
    }

    @Override
    public long map(long hpa, int bytes, boolean written) {
        return hpa;
    }

    @Override
    public void unmap(long address) {}

    @Override
    public void close() {
        domain.unmap(0, bytes, () -> {});
    }
}
