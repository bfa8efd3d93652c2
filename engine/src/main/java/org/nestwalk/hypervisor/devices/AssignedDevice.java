package org.nestwalk.hypervisor.devices;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.iommu.PageRequests;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.machine.DeviceWrites;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.PinOwner;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.memory.PageSet;

/// A device that is a virtual machine's: what it addresses are guest-physical addresses, which its
/// domain maps to where the second level has them.
///
/// All memory is pinned before the device reaches any of it, as VFIO does; or, with page requests,
/// each page when the device asks for it. What the hypervisor does with pinned memory meanwhile is
/// refused or, if the device *lets go*, made right: the page is taken from the device first, and
/// given to it again by [#fill] or at its next request.
public final class AssignedDevice implements PinOwner, DeviceWrites, AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final DevicePort port;
    private final DeviceDomain domain;
    private final Mode mode;
    private final boolean tracked;
    private final PageSet held = new PageSet();
    private final PageSet written = new PageSet();
    private boolean paused;
    private boolean ended;

    /// What becomes of pinned memory that the hypervisor wants to take away.
    public enum Mode {
        /// All is pinned, and stays.
        PINNED("pinned"),
        /// All is pinned, and let go when it has to be.
        LETS_GO("lets go"),
        /// What the device asks for is pinned, and let go when it has to be (ATS and PRI).
        PAGE_REQUESTS("page requests");

        private final String label;

        Mode(String label) {
            this.label = label;
        }

        /// Its name in reports.
        public String label() {
            return label;
        }
    }

    private AssignedDevice(
            VirtualMachine vm, DevicePort port, DeviceDomain domain, Mode mode, boolean tracked) {
        this.vm = vm;
        this.port = port;
        this.domain = domain;
        this.mode = mode;
        this.tracked = tracked;
    }

    /// Assigns a device.
    ///
    /// @param domain its own, with nothing in it
    /// @param tracked whether what it writes is found by the IOMMU's dirty flags, in scalable mode
    /// @throws GuestFailure if the host has no memory for all pages
    public static AssignedDevice assign(
            VirtualMachine vm, DevicePort port, DeviceDomain domain, Mode mode, boolean tracked) {
        AssignedDevice device = new AssignedDevice(vm, port, domain, mode, tracked);
        vm.exclusively(() -> {
            if (mode != Mode.PAGE_REQUESTS) {
                device.fill();
            }
            domain.attach(port, tracked);
            if (tracked) {
                vm.addDeviceWrites(device);
            }
        });
        return device;
    }

    /// The device.
    public DevicePort port() {
        return port;
    }

    /// What it reaches.
    public DeviceDomain domain() {
        return domain;
    }

    /// Pins and maps all pages that it does not have.
    ///
    /// @throws GuestFailure if the host has no memory; what was mapped stays
    public void fill() {
        for (long gpa = 0; gpa < vm.settings().memoryBytes(); gpa += PAGE) {
            if (!held.contains(gpa)) {
                give(gpa);
            }
        }
    }

    private void give(long gpa) {
        long hpa = vm.secondLevel().pins().pin(gpa, this);
        if (hpa == -1) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left for a page that %s reaches".formatted(label()));
        }
        held.add(gpa, PAGE);
        domain.map(gpa, hpa, PageSize.SIZE_4K, true);
    }

    @Override
    public boolean letGo(long gpa) {
        if (mode == Mode.PINNED) {
            return false;
        }
        // Flags of an entry that goes are lost; it is as if the device had written to the page.
        written.add(gpa, PAGE);
        held.remove(gpa, PAGE);
        domain.unmap(gpa, PAGE, () -> vm.secondLevel().pins().unpin(gpa, this));
        return true;
    }

    @Override
    public void collect(PageSet.RangeConsumer consumer) {
        domain.collectDirty((page, size) -> written.add(page, size.bytes()));
        written.forEachRange(consumer);
        written.clear();
    }

    /// Answers page requests of the device, as many as there are: each page is pinned and mapped,
    /// and the device told.
    ///
    /// @return how many
    public int serveRequests() {
        return vm.exclusively(() -> {
            int served = 0;
            for (PageRequests.Request next = request(); next != null; next = request()) {
                long address = next.address();
                boolean inside = address >= 0 && address < vm.settings().memoryBytes();
                if (inside && !held.contains(address)) {
                    give(address);
                }
                domain.driver().submit(Descriptor.response(next.source(), next.group(), inside));
                served++;
            }
            domain.driver().await();
            return served;
        });
    }

    private PageRequests.@Nullable Request request() {
        return domain.driver().unit().pageRequests().take(port.source());
    }

    /// Stops the device: what is on its way arrives, and nothing else.
    public void pause() {
        if (!paused) {
            paused = true;
            domain.detach(port);
        }
    }

    /// Has it go on.
    public void resume() {
        if (paused) {
            paused = false;
            domain.attach(port, tracked);
        }
    }

    /// Checks that every page that the device has is pinned, and the same in both tables.
    ///
    /// @throws IllegalStateException if one is not
    public void check() {
        held.forEach(gpa -> {
            long second = vm.secondLevel().pins().hostAddress(gpa);
            long own = domain.tables().lookup(gpa);
            if (second != own || !vm.secondLevel().pins().isPinned(gpa, PAGE)) {
                throw new IllegalStateException(
                        "page 0x%x is at 0x%x for processors, and at 0x%x for %s"
                                .formatted(gpa, second, own, label()));
            }
        });
        domain.tables()
                .forEachPage((gpa, level, entry) -> {
                    if (!held.contains(gpa)) {
                        throw new IllegalStateException(
                                "%s has page 0x%x, which is not pinned".formatted(label(), gpa));
                    }
                });
    }

    /// Pages that the device has.
    public long pages() {
        return held.size();
    }

    @Override
    public void end() {
        close();
    }

    @Override
    public String label() {
        int source = port.source();
        return "device %02x:%02x.%d".formatted(source >>> 8, source >>> 3 & 31, source & 7);
    }

    private void unpinAll(long gpa, long bytes) {
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            vm.secondLevel().pins().unpin(page, this);
        }
    }

    /// Takes the device from the virtual machine, and unpins all. May be called twice.
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        vm.exclusively(() -> {
            pause();
            while (request() != null) {
                // Nobody waits for an answer any more.
            }
            vm.removeDeviceWrites(this);
            held.forEachRange((gpa, bytes) -> domain.unmap(gpa, bytes, () -> unpinAll(gpa, bytes)));
            held.clear();
            domain.close();
        });
    }
}
