package org.nestwalk.lab.labs.doublecaching;

import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.CachedFiles;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.storage.VirtualDisk;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.FileStore;

/// A guest whose program reads a file by `pread`, a page at a time, into one buffer.
final class ReadingGuest implements AutoCloseable {
    static final long PAGE = PageSize.SIZE_4K.bytes();
    static final int FILE = 1;

    // The kernel's own memory, tables, and room that is never used.
    private static final long SPARE = 8L << 20;

    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final CachedFiles files;
    private final VirtualDisk disk;
    private final VirtualCpu cpu;
    private final long buffer;
    private final int frames;
    private final SoftwareCosts costs;

    /// @param frames that the guest's cache has room for
    /// @param readahead of the guest, in pages
    /// @param copyCycles of the host for each page that it copies
    ReadingGuest(
            Machine machine,
            SoftwareCosts costs,
            FileStore host,
            BackingPolicy backing,
            int frames,
            int readahead,
            long copyCycles) {
        this.frames = frames;
        this.costs = costs;
        vm = machine.create(new VmSettings("the guest", memory(frames), 1, TranslationMode.NESTED));
        Hypervisor hypervisor = Hypervisor.start(vm, backing);
        disk = new VirtualDisk(vm, host, copyCycles);
        hypervisor.serve(Hypercalls.READ_DISK, disk);
        kernel = new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, costs));
        files = kernel.mount(disk, CacheSettings.of(frames).withReadahead(readahead));
        cpu = vm.cpus().getFirst();
        buffer = files.takeBuffer(0);
    }

    /// Bytes of such a guest's memory.
    static long memory(int frames) {
        long large = PageSize.SIZE_2M.bytes();
        return (frames * PAGE + large - 1 & -large) + SPARE;
    }

    VirtualMachine vm() {
        return vm;
    }

    GuestKernel kernel() {
        return kernel;
    }

    CachedFiles files() {
        return files;
    }

    /// Uses as many frames as the cache has room for, and frees them: the next that are taken are
    /// these, and they are backed.
    ///
    /// @param report whether the guest tells the host that they are free, which takes them back
    void useFrames(boolean report) {
        long[] taken = new long[frames];
        for (int i = 0; i < frames; i++) {
            taken[i] = files.takeBuffer(0);
        }
        for (long frame : taken) {
            files.giveBuffer(frame);
            if (report) {
                vm.exclusively(() -> vm.secondLevel().unmap(frame, PAGE));
            }
        }
    }

    /// Reads pages of the file, in order, through the guest's cache.
    void read(long count) {
        for (long page = 0; page < count; page++) {
            files.read(0, FILE, page, buffer);
        }
    }

    void readOne(long page) {
        files.read(0, FILE, page, buffer);
    }

    /// Reads a page with no cache in the guest.
    void readDirectly(long page) {
        files.readDirectly(0, FILE, page, buffer);
    }

    /// Copies a page of the window at `window`, as a file system with DAX does.
    void readMapped(long window, long page) {
        vm.exclusively(() -> {
            cpu.kernel().spend(Cost.GUEST_COPYING, costs.copying());
            cpu.kernel().copy(window + page * PAGE, buffer, PAGE);
        });
    }

    long faults() {
        return cpu.account().exits(ExitReason.VIOLATION);
    }

    long requests() {
        return disk.requests();
    }

    long nanoseconds() {
        return cpu.nanoseconds();
    }

    /// 4-KiB pages of the guest that are backed.
    long backedPages() {
        return (vm.secondLevel().backedBytes(PageSize.SIZE_4K)
                        + vm.secondLevel().backedBytes(PageSize.SIZE_2M))
                / PAGE;
    }

    @Override
    public void close() {
        kernel.close();
        vm.close();
    }
}
