package org.nestwalk.lab.labs.doublecaching;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.storage.HostPages;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.CachedStore;
import org.nestwalk.storage.Disk;
import org.nestwalk.storage.DiskModel;
import org.nestwalk.storage.SimulatedTime;

/// The simulated machine, with a disk in simulated time.
final class SimulatedGround implements Ground {
    private static final long UNIT = 4L << 20;

    private final SimulatedTime time = new SimulatedTime();
    private final SimulatedMachine machine;
    private final SoftwareCosts costs;
    private final Disk disk;
    private final CachedStore host;

    /// @param frames that a guest's cache has room for
    /// @param pages of the file
    /// @param hostPages that the host's cache has room for
    SimulatedGround(
            ProcessorModel model,
            DiskModel disks,
            int frames,
            long pages,
            int hostPages,
            long seed) {
        costs = SoftwareCosts.assumed(model.costs().exitCycles());
        long bytes = 2 * ReadingGuest.memory(frames) + (pages + hostPages) * ReadingGuest.PAGE;
        machine = new SimulatedMachine(SimulatedSettings.of(model, bytes + 4 * UNIT & -UNIT));
        disk = new Disk(disks, time, seed);
        disk.create(ReadingGuest.FILE, pages);
        host = new CachedStore(disk, new HostPages(machine.host()), CacheSettings.of(hostPages));
    }

    SimulatedMachine machine() {
        return machine;
    }

    SoftwareCosts costs() {
        return costs;
    }

    Disk disk() {
        return disk;
    }

    CachedStore host() {
        return host;
    }

    @Override
    public ReadingGuest guest(int frames, int readahead, PageSize backing) {
        return new ReadingGuest(
                machine, costs, host, new FirstTouch(backing), frames, readahead, costs.copying());
    }

    @Override
    public void setHost(boolean cold, long pages) {
        host.cache().forgetClean(ReadingGuest.FILE);
        if (!cold) {
            for (long page = 0; page < pages; page++) {
                long _ = host.cache().frame(ReadingGuest.FILE, page);
            }
        }
    }

    @Override
    public long diskPages() {
        return disk.pagesRead();
    }

    @Override
    public long now(ReadingGuest guest) {
        return guest.nanoseconds() + time.now();
    }

    @Override
    public void close() {
        host.cache().close();
        machine.close();
    }
}
