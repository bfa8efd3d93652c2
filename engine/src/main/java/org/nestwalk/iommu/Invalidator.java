package org.nestwalk.iommu;

import org.nestwalk.iommu.queue.InvalidationQueue;

/// Does what descriptors say to a unit's caches.
record Invalidator(RemappingUnit unit) implements InvalidationQueue.Target {
    @Override
    public void contexts() {
        unit.contexts().forget(space -> true);
    }

    @Override
    public void contexts(int domain) {
        unit.contexts().forget(space -> space.domain() == domain || space.blocked() != null);
    }

    @Override
    public void context(int domain, int source, int mask) {
        unit.contexts()
                .forget(space ->
                        (space.source() & ~mask) == (source & ~mask)
                                && (space.domain() == domain || space.blocked() != null));
    }

    @Override
    public void pasid(int domain, int pasid) {
        unit.contexts()
                .forget(space ->
                        (space.domain() == domain || space.blocked() != null)
                                && (space.pasid() == pasid
                                        || space.pasid() == RemappingUnit.NO_PASID));
    }

    @Override
    public void translations() {
        unit.caches().invalidateAll();
    }

    @Override
    public void translations(int domain) {
        unit.caches().invalidateDomain(domain);
    }

    @Override
    public void pages(int domain, long address, long bytes, boolean structures) {
        unit.caches().invalidatePages(domain, address, bytes, structures);
    }

    @Override
    public void pasidTranslations(int domain, int pasid) {
        unit.caches().invalidatePasid(domain, pasid);
    }

    @Override
    public void pasidPages(int domain, int pasid, long address, long bytes, boolean structures) {
        unit.caches().invalidatePasidPages(domain, pasid, address, bytes, structures);
    }

    @Override
    public void drain() {
        unit.ends().forEach(DeviceEnd::drain);
    }

    @Override
    public boolean device(int source, int pasid, long address, long bytes) {
        DeviceEnd end = unit.end(source);
        if (end != null) {
            end.invalidate(pasid, address, bytes);
        }
        return end != null;
    }

    @Override
    public boolean areDevicesDone() {
        for (DeviceEnd end : unit.ends()) {
            if (!end.isInvalidated()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void respond(int source, int group, boolean success) {
        DeviceEnd end = unit.end(source);
        if (end != null) {
            end.respond(group, success);
        }
    }
}
