package org.nestwalk.guest.kernel;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.FileStore;
import org.nestwalk.storage.PageCache;
import org.nestwalk.storage.StorageFailure;

/// The files of a guest whose disk is a device of its host, through the page cache of its kernel:
/// read, written, read ahead, written back, and reclaimed when the guest's memory is short.
///
/// A device writes to a frame and reads it by direct memory access, past the second level: it costs
/// no violation. The kernel touches each frame that it is about to fill, as it would when it copies
/// what is there; so a frame of the guest's that the host has not backed takes its violation here,
/// whatever is read into it and wherever that comes from.
@SuppressWarnings("exports") // kernels call it, which have an address space
public final class CachedFiles implements PageCache.Frames, GuestFiles {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final SoftwareCosts costs;
    private final KernelMemory memory;
    private final GuestFrames frames;
    private final PageFaults faults;
    private final FileStore device;
    private final PageCache cache;
    private final TlbMaintenance tlbs;
    private final FileMappings mappings = new FileMappings();

    /// @throws InputException if the guest's memory is encrypted, which no device can write to
    CachedFiles(
            VirtualMachine vm,
            SoftwareCosts costs,
            KernelMemory memory,
            GuestFrames frames,
            PageFaults faults,
            TlbMaintenance tlbs,
            FileStore device,
            CacheSettings settings) {
        if (vm.settings().protection() != Protection.NONE) {
            throw new InputException(
                    "%s is encrypted: a device cannot write to its memory; give it one that is not"
                            .formatted(vm.settings().name()));
        }
        this.vm = vm;
        this.costs = costs;
        this.memory = memory;
        this.frames = frames;
        this.faults = faults;
        this.device = device;
        this.tlbs = tlbs;
        this.cache = new PageCache(device, this, settings);
        frames.onShortage(cache::evict);
    }

    /// The kernel's page cache.
    public PageCache cache() {
        return cache;
    }

    @Override
    public long take(int file, long page) {
        return frames.take(PageSize.SIZE_4K);
    }

    @Override
    public void give(long frame) {
        frames.drop(frame, PageSize.SIZE_4K);
    }

    @Override
    public void fill(long frame, long[] words) {
        memory.cpu().zero(frame, PAGE);
        vm.memory().writePage(frame, words);
    }

    @Override
    public void fetch(long frame, long[] words) {
        vm.memory().readPage(frame, words);
    }

    /// Reads a page of a file into the frame at `to`, as `pread` into a buffer does: through the
    /// cache, and from there by a copy.
    ///
    /// @throws GuestFailure if it is beyond the end, or there is no memory
    public void read(int cpu, int file, long page, long to) {
        alone(
                cpu,
                kernel -> {
                    long frame = frame(file, page);
                    kernel.spend(Cost.GUEST_COPYING, costs.copying());
                    kernel.copy(frame, to, PAGE);
                });
    }

    /// Reads a page of a file past the cache, as with O_DIRECT or a shared file system that keeps
    /// none: the device writes to the frame at `to`.
    ///
    /// @throws GuestFailure as [#read]
    public void readDirectly(int cpu, int file, long page, long to) {
        alone(
                cpu,
                _ -> {
                    try {
                        device.read(file, page, 1, (_, words) -> fill(to, words));
                    } catch (StorageFailure failure) {
                        throw failed(failure);
                    }
                });
    }

    /// Does work of the kernel's on a CPU.
    private void alone(int cpu, KernelCpu.KernelWork work) {
        KernelCpu kernel = vm.cpus().get(cpu).kernel();
        vm.exclusively(() -> {
            memory.enter(kernel);
            work.run(kernel);
        });
    }

    /// Takes a frame for a buffer of a program's.
    ///
    /// @throws GuestFailure if there is no memory
    public long takeBuffer(int cpu) {
        return vm.exclusively(() -> {
            memory.enter(vm.cpus().get(cpu).kernel());
            long frame = frames.takeFrame();
            memory.cpu().zero(frame, PAGE);
            return frame;
        });
    }

    /// Gives a frame of [#takeBuffer] back.
    public void giveBuffer(long frame) {
        vm.exclusively(() -> frames.free(frame));
    }

    /// Writes dirty pages and forgets all of a file's (`echo 1 > drop_caches` after `sync`).
    public void drop(int cpu, int file) {
        alone(
                cpu,
                _ -> {
                    cache.sync();
                    cache.forgetClean(file);
                });
    }

    /// The parts of files that address spaces map.
    FileMappings mappings() {
        return mappings;
    }

    /// Maps the page of a file that belongs at `gva`, read-only: a first write gets a copy.
    ///
    /// @return false, with nothing done, if no file is mapped there
    /// @throws GuestFailure if the file does not have the page (SIGBUS), or there is no memory
    boolean mapPage(AddressSpace space, Vma vma, long gva) {
        FileMappings.Mapping mapping = mappings.find(space, gva);
        if (mapping == null) {
            return false;
        }
        long frame = frame(mapping.file(), mapping.page(gva));
        // It is the mapping's, too, before a table for it is taken, which may evict the page.
        frames.share(frame, PageSize.SIZE_4K);
        boolean done = false;
        try {
            space.mapShared(
                    gva & -PAGE, frame, PageSize.SIZE_4K, vma.required() & PagingEntry.NO_EXECUTE);
            done = true;
        } finally {
            if (!done) {
                frames.drop(frame, PageSize.SIZE_4K);
            }
        }
        return true;
    }

    /// `ftruncate`: makes a file longer or shorter. Pages of it that are mapped and are not there
    /// any more are unmapped, copies of them, too (Linux's `unmap_mapping_range`): who touches them
    /// gets SIGBUS.
    ///
    /// @throws GuestFailure if the disk has no room
    public void resize(int cpu, int file, long pages) {
        alone(
                cpu,
                kernel -> {
                    try {
                        device.resize(file, pages);
                    } catch (StorageFailure failure) {
                        throw failed(failure);
                    }
                    cache.forget(file, pages);
                    for (FileMappings.Mapping mapping : mappings.of(file)) {
                        long from =
                                mapping.start() + Math.max(0, pages - mapping.firstPage()) * PAGE;
                        if (from < mapping.end()) {
                            AddressSpace space = mapping.space();
                            space.forEachPage(
                                    from,
                                    mapping.end(),
                                    (gva, level, entry) -> space.unmap(gva, level));
                            tlbs.flush(kernel, space, from, mapping.end(), PageSize.SIZE_4K);
                        }
                    }
                });
    }

    /// Adds the frames of the pages that are cached to `into`, by guest-physical address.
    public void addFramesTo(PageSet into) {
        cache.forEachFrame(frame -> into.add(frame, PAGE));
    }

    long frame(int file, long page) {
        try {
            return cache.frame(file, page);
        } catch (StorageFailure failure) {
            throw failed(failure);
        }
    }

    @Override
    public void read(
            KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes) {
        for (long done = 0; done < bytes; ) {
            long length = Copies.within(offset + done, start + done, bytes - done);
            long page = (offset + done) / PAGE;
            long to = Copies.reach(cpu, faults, space, start + done, true);
            boolean isThere = page < device.pages(file);
            // The user's page may have been given memory that the cache's was taken from.
            long from = isThere ? frame(file, page) + (offset + done) % PAGE : -1;
            Copies.copy(cpu, costs, from, to, length);
            done += length;
        }
    }

    @Override
    public void write(
            KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes) {
        for (long done = 0; done < bytes; ) {
            long length = Copies.within(offset + done, start + done, bytes - done);
            long page = (offset + done) / PAGE;
            long from = Copies.reach(cpu, faults, space, start + done, false);
            try {
                if (page >= device.pages(file)) {
                    device.resize(file, page + 1);
                }
                long to = cache.frame(file, page) + (offset + done) % PAGE;
                Copies.copy(cpu, costs, from, to, length);
                cache.dirtied(file, page);
            } catch (StorageFailure failure) {
                throw failed(failure);
            }
            done += length;
        }
    }

    @Override
    public void unmapped(AddressSpace space, Vma range) {
        mappings.remove(space, range.start(), range.end());
    }

    private static GuestFailure failed(StorageFailure failure) {
        VmExit.Cause cause =
                switch (failure.kind()) {
                    case BEYOND_END -> VmExit.Cause.BUS_ERROR;
                    case NO_SPACE -> VmExit.Cause.DISK_FULL;
                    case NO_MEMORY -> VmExit.Cause.GUEST_OUT_OF_MEMORY;
                };
        return new GuestFailure(cause, String.valueOf(failure.getMessage()));
    }

    @Override
    public void close() {
        frames.onShortage(() -> false);
        cache.close();
    }
}
