package org.nestwalk.hypervisor.storage;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.FileStore;
import org.nestwalk.storage.PageCache;
import org.nestwalk.storage.StorageFailure;

/// The host's page cache of a file as part of a guest's memory: the pages of a window of
/// guest-physical addresses are those of the file, as with virtio-pmem or virtiofs' DAX window. A
/// page that is touched is read into the cache and is the guest's at once; when it leaves the cache
/// it leaves the guest.
public final class MappedFile implements BackingPolicy, PageCache.Frames {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final long window;
    private final int file;
    private final long pages;
    private final BackingPolicy otherwise;
    private final PageCache cache;

    /// @param window guest-physical address of the first page of the file
    /// @param otherwise backs the rest of memory
    public MappedFile(
            VirtualMachine vm,
            long window,
            int file,
            FileStore below,
            CacheSettings settings,
            BackingPolicy otherwise) {
        this.vm = vm;
        this.window = window;
        this.file = file;
        this.pages = below.pages(file);
        this.otherwise = otherwise;
        this.cache = new PageCache(below, this, settings);
    }

    /// The host's page cache.
    public PageCache cache() {
        return cache;
    }

    @Override
    public boolean back(VirtualMachine machine, long gpa) {
        if (gpa < window || gpa >= window + pages * PAGE) {
            return otherwise.back(machine, gpa);
        }
        try {
            return cache.frame(file, (gpa - window) / PAGE) == (gpa & -PAGE);
        } catch (StorageFailure failure) {
            throw new GuestFailure(VmExit.Cause.BUS_ERROR, String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public long take(int of, long page) {
        long gpa = window + page * PAGE;
        return vm.secondLevel().populate(gpa, PageSize.SIZE_4K) ? gpa : -1;
    }

    @Override
    public void give(long frame) {
        vm.secondLevel().unmap(frame, PAGE);
    }

    @Override
    public void fill(long frame, long[] words) {
        vm.memory().writePage(frame, words);
    }

    @Override
    public void fetch(long frame, long[] words) {
        vm.memory().readPage(frame, words);
    }
}
