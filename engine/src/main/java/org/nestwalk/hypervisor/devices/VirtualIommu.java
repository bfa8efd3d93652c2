package org.nestwalk.hypervisor.devices;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DriverAccount.Work;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.iommu.table.FirstStageTables;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.PinOwner;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.device.DevicePort;

/// An IOMMU that a guest has for a device that is assigned to it: device addresses are mapped to
/// guest-physical ones by the guest, and these to the host's by the hypervisor.
///
/// Source of the ways: Amit et al., vIOMMU, USENIX ATC 2011, section 3 (emulation; caching mode
/// makes a guest tell of what it maps, too); virtio-iommu (map and unmap as requests); VT-d
/// specification, section 3.8 (nested translation).
public final class VirtualIommu implements PinOwner, AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final DevicePort port;
    private final DeviceDomain domain;
    private final Mode mode;
    private final FirstStageTables guest;
    private final Map<Long, Long> shadowed = new HashMap<>();
    private final int exitCycles;
    private long exits;
    private boolean closed;

    /// How a guest has an IOMMU.
    public enum Mode {
        /// The guest's tables are not walked: each invalidation is an exit, in which the hypervisor
        /// brings its own tables up to date.
        EMULATED("emulated"),
        /// The guest has no tables: it asks for each map and unmap by an exit.
        PARAVIRTUAL("paravirtual"),
        /// The unit walks the guest's tables as the first stage: only what is unmapped needs an
        /// exit. All memory of the guest is pinned.
        NESTED("nested");

        private final String label;

        Mode(String label) {
            this.label = label;
        }

        /// Its name in reports.
        public String label() {
            return label;
        }
    }

    /// Gives a guest an IOMMU for a device. Nothing is mapped.
    ///
    /// @param domain with nothing in it
    /// @param tables where in guest memory its tables are
    /// @param tableBytes for them
    /// @param exitCycles leaving the guest, and entering it again
    public VirtualIommu(
            VirtualMachine vm,
            DevicePort port,
            DeviceDomain domain,
            Mode mode,
            long tables,
            long tableBytes,
            int exitCycles) {
        this.vm = vm;
        this.port = port;
        this.domain = domain;
        this.mode = mode;
        this.exitCycles = exitCycles;
        GuestTables memory = new GuestTables(vm.memory(), tables, tableBytes);
        this.guest = new FirstStageTables(memory, memory);
        if (mode == Mode.NESTED) {
            for (long gpa = 0; gpa < vm.settings().memoryBytes(); gpa += PAGE) {
                domain.map(gpa, pin(gpa), PageSize.SIZE_4K, true);
            }
            domain.attachNested(port, guest.root());
        } else {
            domain.attach(port, false);
        }
    }

    private long pin(long gpa) {
        long hpa = vm.secondLevel().pins().pin(gpa, this);
        if (hpa == -1) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left for a page that %s reaches".formatted(label()));
        }
        return hpa;
    }

    private DriverAccount account() {
        return domain.driver().account();
    }

    /// The guest maps a page.
    ///
    /// @throws InputException if it is mapped, or beyond the guest's memory
    public void map(long address, long gpa) {
        if (gpa < 0 || gpa >= vm.settings().memoryBytes()) {
            throw new InputException(
                    "0x%x is beyond the guest's memory of %,d bytes"
                            .formatted(gpa, vm.settings().memoryBytes()));
        }
        if (mode != Mode.PARAVIRTUAL) {
            guest.map(address, gpa);
            account().spend(Work.TABLES, domain.driver().costs().write());
        }
        switch (mode) {
            case EMULATED -> exit(() -> synchronise(address));
            case PARAVIRTUAL -> exit(() -> shadow(address, gpa));
            case NESTED -> {}
        }
    }

    /// The guest unmaps a page. When this returns the device does not reach it any more.
    ///
    /// @throws InputException if it is not mapped
    public void unmap(long address) {
        if (mode != Mode.PARAVIRTUAL) {
            guest.unmap(address);
            account().spend(Work.TABLES, domain.driver().costs().clear());
        }
        switch (mode) {
            case EMULATED -> exit(() -> synchronise(address));
            case PARAVIRTUAL -> exit(() -> forget(address));
            case NESTED ->
                    exit(() -> {
                        IommuDriver driver = domain.driver();
                        driver.submit(Descriptor.pasidPages(domain.id(), 0, address, 0, true));
                        if (port.hasTlb()) {
                            driver.submit(Descriptor.device(port.source(), address, 0));
                        }
                        driver.await();
                        account().spend(Work.INVALIDATIONS, driver.costs().invalidation());
                    });
        }
    }

    private void exit(Runnable handling) {
        exits++;
        account().spend(Work.EXITS, exitCycles);
        vm.exclusively(handling);
    }

    /// Brings the hypervisor's mapping of a page up to date with the guest's.
    private void synchronise(long address) {
        long gpa = guest.lookup(address);
        if (shadowed.containsKey(address)) {
            forget(address);
        }
        if (gpa != -1) {
            shadow(address, gpa);
        }
    }

    private void shadow(long address, long gpa) {
        long hpa = pin(gpa);
        try {
            domain.map(address, hpa, PageSize.SIZE_4K, true);
        } catch (InputException refused) {
            vm.secondLevel().pins().unpin(gpa, this);
            throw refused;
        }
        shadowed.put(address, gpa);
    }

    private void forget(long address) {
        Long gpa = shadowed.remove(address);
        if (gpa == null) {
            throw new InputException("nothing is mapped at 0x%x to be unmapped".formatted(address));
        }
        domain.unmap(address, PAGE, () -> vm.secondLevel().pins().unpin(gpa, this));
    }

    /// Exits so far.
    public long exits() {
        return exits;
    }

    /// Pages of the guest that are pinned for it.
    public long pinned() {
        return vm.secondLevel().pins().pages();
    }

    @Override
    public boolean letGo(long gpa) {
        return false;
    }

    @Override
    public void end() {
        close();
    }

    @Override
    public String label() {
        return "the guest's IOMMU";
    }

    /// Takes device and IOMMU from the guest. May be called twice.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        vm.exclusively(() -> {
            domain.detach(port);
            if (mode == Mode.NESTED) {
                long bytes = vm.settings().memoryBytes();
                domain.unmap(
                        0,
                        bytes,
                        () -> {
                            for (long gpa = 0; gpa < bytes; gpa += PAGE) {
                                vm.secondLevel().pins().unpin(gpa, this);
                            }
                        });
            } else {
                List.copyOf(shadowed.keySet()).forEach(this::forget);
            }
            domain.close();
        });
    }
}
