package org.nestwalk.lab.labs.doublecaching;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.storage.CacheMode;
import org.nestwalk.hypervisor.storage.MappedFile;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Mode;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.DiskModel;
import org.nestwalk.storage.FileStore;
import org.nestwalk.storage.PageCache;

/// A guest that reads a file several times, with caches in several places.
///
/// @param pages of the file
/// @param guestPages that the guest's cache has room for
/// @param hostPages that the host's has room for
/// @param passes over the file
record Modes(
        ProcessorModel model,
        DiskModel disk,
        int pages,
        int guestPages,
        int hostPages,
        int passes,
        long seed) {
    private static final int SAMPLES = 40;

    /// What comes of a mode.
    Mode mode(CacheMode mode, Meter meter) {
        try (SimulatedGround ground =
                new SimulatedGround(
                        model, disk, Math.max(guestPages, pages), pages, hostPages, seed)) {
            return switch (mode) {
                case WRITEBACK -> cached(mode, ground, ground.host(), true, meter);
                case NONE -> cached(mode, ground, ground.disk(), false, meter);
                case DAX -> mapped(ground, meter);
                case SHARED -> requested(ground, meter);
            };
        }
    }

    private interface Reader {
        void read(long page);
    }

    private static final class Twice {
        private final List<Long> overTime = new ArrayList<>();
        private long most;

        void add(long pages, boolean sample) {
            most = Math.max(most, pages);
            if (sample) {
                overTime.add(pages);
            }
        }
    }

    /// Reads the file `passes` times.
    private Mode run(
            CacheMode mode,
            SimulatedGround ground,
            ReadingGuest guest,
            PageCache guestCache,
            PageCache hostCache,
            Reader reader,
            Meter meter) {
        Twice twice = new Twice();
        long start = ground.now(guest);
        long faults = guest.faults();
        long first = 0;
        long distance = Math.max(1, (long) pages * passes / SAMPLES);
        for (int pass = 0; pass < passes; pass++) {
            for (long page = 0; page < pages; page++) {
                reader.read(page);
                long done = pass * (long) pages + page + 1;
                if (done % distance == 0) {
                    twice.add(guestCache.common(hostCache), true);
                }
            }
            twice.add(guestCache.common(hostCache), false);
            if (pass == 0) {
                first = ground.now(guest) - start;
            }
            if (!meter.add(1)) {
                throw new EndedEarly();
            }
        }
        long all = ground.now(guest) - start;
        long kept = guestCache.size();
        long hostKept = hostCache.size();
        long twiceKept = guestCache.common(hostCache);
        faults = guest.faults() - faults;
        long requests = guest.requests();
        long disk = ground.diskPages();
        guest.files().drop(0, ReadingGuest.FILE);
        long cold = ground.now(guest);
        for (long page = 0; page < pages; page++) {
            reader.read(page);
        }
        return new Mode(
                mode.label(),
                kept,
                hostKept,
                twiceKept,
                twice.most,
                faults,
                requests,
                disk,
                first,
                passes == 1 ? null : (all - first) / (passes - 1),
                ground.now(guest) - cold,
                twice.overTime);
    }

    private ReadingGuest guest(
            SimulatedGround ground, FileStore store, boolean copies, int cached) {
        return new ReadingGuest(
                ground.machine(),
                ground.costs(),
                store,
                new FirstTouch(PageSize.SIZE_4K),
                cached,
                1,
                copies ? ground.costs().copying() : 0);
    }

    private Mode cached(
            CacheMode mode, SimulatedGround ground, FileStore store, boolean copies, Meter meter) {
        try (ReadingGuest guest = guest(ground, store, copies, guestPages)) {
            return run(
                    mode,
                    ground,
                    guest,
                    guest.files().cache(),
                    ground.host().cache(),
                    guest::readOne,
                    meter);
        }
    }

    private Mode requested(SimulatedGround ground, Meter meter) {
        try (ReadingGuest guest = guest(ground, ground.host(), true, guestPages)) {
            return run(
                    CacheMode.SHARED,
                    ground,
                    guest,
                    guest.files().cache(),
                    ground.host().cache(),
                    guest::readDirectly,
                    meter);
        }
    }

    /// The window is memory that the guest's kernel has set aside.
    private Mode mapped(SimulatedGround ground, Meter meter) {
        LateBacking backing = new LateBacking();
        try (ReadingGuest guest =
                new ReadingGuest(
                        ground.machine(),
                        ground.costs(),
                        ground.disk(),
                        backing,
                        Math.max(guestPages, pages),
                        1,
                        0)) {
            long window = setAside(guest);
            MappedFile file =
                    new MappedFile(
                            guest.vm(),
                            window,
                            ReadingGuest.FILE,
                            ground.disk(),
                            CacheSettings.of(hostPages),
                            new FirstTouch(PageSize.SIZE_4K));
            backing.use(file);
            Mode mode =
                    run(
                            CacheMode.DAX,
                            ground,
                            guest,
                            guest.files().cache(),
                            file.cache(),
                            page -> guest.readMapped(window, page),
                            meter);
            guest.vm().exclusively(() -> file.cache().close());
            giveBack(guest, window);
            return mode;
        }
    }

    private int blocks() {
        return (int) ((pages * ReadingGuest.PAGE + PageSize.SIZE_2M.bytes() - 1) >> 21);
    }

    private long setAside(ReadingGuest guest) {
        long window = guest.vm().settings().memoryBytes() - blocks() * PageSize.SIZE_2M.bytes();
        for (int i = 0; i < blocks(); i++) {
            if (!guest.kernel().allocator().allocateAt(window + i * PageSize.SIZE_2M.bytes(), 9)) {
                throw new IllegalStateException("the window is not free");
            }
        }
        return window;
    }

    private void giveBack(ReadingGuest guest, long window) {
        for (int i = 0; i < blocks(); i++) {
            guest.kernel().allocator().free(window + i * PageSize.SIZE_2M.bytes(), 9);
        }
    }

    /// A policy that is known when there is a virtual machine.
    private static final class LateBacking implements BackingPolicy {
        private BackingPolicy policy = new FirstTouch(PageSize.SIZE_4K);

        void use(BackingPolicy other) {
            policy = other;
        }

        @Override
        public boolean back(VirtualMachine vm, long gpa) {
            return policy.back(vm, gpa);
        }
    }
}
