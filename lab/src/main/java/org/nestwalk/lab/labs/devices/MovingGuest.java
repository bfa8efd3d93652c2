package org.nestwalk.lab.labs.devices;

import java.util.Arrays;
import org.nestwalk.hypervisor.devices.AssignedDevice;
import org.nestwalk.hypervisor.devices.AssignedDevice.Mode;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.Xoshiro256;

/// A guest that moves by pre-copy, while software in it and its device write to its memory: all
/// pages first, then those that were written, and the last few while all stands.
final class MovingGuest {
    private static final long MEMORY = 4L << 20;
    private static final long PAGE = 4096;
    private static final int WORDS = 512;
    private static final int FEW = 8;
    private static final int MOST_ROUNDS = 8;
    private static final int HOT = 96;

    private final VirtualMachine vm;
    private final AssignedDevice device;
    private final Tracking tracking;
    private final Xoshiro256 random;
    private final long[][] target = new long[(int) (MEMORY / PAGE)][WORDS];
    private final double pageNanos;
    private long pages;
    private double paused;
    private double owed;

    /// How the device's writes are found.
    enum Tracking {
        NONE("processors' dirty flags only"),
        PAUSED("device stands all the time"),
        IOMMU("IOMMU's dirty flags, too");

        private final String label;

        Tracking(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private MovingGuest(DeviceBench bench, Tracking tracking, double gigabits, long seed) {
        this.tracking = tracking;
        this.random = new Xoshiro256(seed);
        this.pageNanos = PAGE * 8 / gigabits;
        this.vm = bench.vm("vm", MEMORY);
        this.device =
                AssignedDevice.assign(
                        vm, bench.port(), bench.domain(), Mode.PINNED, tracking == Tracking.IOMMU);
    }

    /// Moves a guest.
    ///
    /// @param gigabits a second that the link has
    static DevicesResult.Move move(
            ProcessorModel model, Tracking tracking, double gigabits, long seed) {
        try (DeviceBench bench = new DeviceBench(model, 32L << 20, 64, 0, DriverCosts.ASSUMED)) {
            return new MovingGuest(bench, tracking, gigabits, seed).run();
        }
    }

    private DevicesResult.Move run() {
        for (int i = 0; i < 200; i++) {
            write(HOT);
        }
        int rounds = 1;
        try (DirtyPages dirty = vm.trackDirty(DirtySource.TRAPS)) {
            if (tracking == Tracking.PAUSED) {
                device.pause();
            }
            PageSet send = new PageSet();
            send.add(0, MEMORY);
            send(send, true);
            send.clear();
            dirty.collect(send);
            while (send.size() > FEW && rounds < MOST_ROUNDS) {
                rounds++;
                send(send, true);
                send.clear();
                dirty.collect(send);
            }
            device.pause();
            dirty.collect(send);
            rounds++;
            double before = paused;
            send(send, false);
            paused = Math.max(paused, before + send.size() * pageNanos);
        }
        long wrong = wrongPages();
        device.check();
        device.close();
        vm.close();
        return new DevicesResult.Move(tracking.label(), rounds, pages, (long) paused, wrong);
    }

    /// Sends pages, while the guest and the device write, a page each 40 us.
    private void send(PageSet send, boolean running) {
        send.forEach(gpa -> {
            vm.memory().readPage(gpa, target[(int) (gpa / PAGE)]);
            pages++;
            if (running) {
                paused += tracking == Tracking.PAUSED ? pageNanos : 0;
                owed += pageNanos / 40_000;
                for (; owed >= 1; owed--) {
                    write(HOT);
                }
            }
        });
    }

    private void write(int hot) {
        long at = random.nextBelow(hot) * 8 * PAGE + random.nextBelow(WORDS) * Long.BYTES;
        if (random.nextBelow(4) == 0) {
            vm.exclusively(() -> vm.memory().write(at, random.nextLong()));
        } else {
            boolean _ = device.port().write(at, random.nextLong());
        }
    }

    private long wrongPages() {
        long[] words = new long[WORDS];
        long wrong = 0;
        for (int i = 0; i < target.length; i++) {
            vm.memory().readPage(i * PAGE, words);
            wrong += Arrays.equals(words, target[i]) ? 0 : 1;
        }
        return wrong;
    }
}
