package org.nestwalk.iommu;

import org.nestwalk.paging.WalkCaches;

/// The structure caches as walks of one address space see them.
record StageCaches(StructureCache first, StructureCache second, int firstContext, int secondContext)
        implements WalkCaches {
    @Override
    public int guestStart(long address) {
        return first.start(address, firstContext);
    }

    @Override
    public long guestTable() {
        return first.table();
    }

    @Override
    public void guestTableFound(int level, long address, long table) {
        first.found(level, address, firstContext, table);
    }

    @Override
    public int secondStart(long address) {
        return second.start(address, secondContext);
    }

    @Override
    public long secondTable() {
        return second.table();
    }

    @Override
    public void secondTableFound(int level, long address, long table) {
        second.found(level, address, secondContext, table);
    }
}
