package org.nestwalk.machine.simulated;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.memory.OtherTenants;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PageTableScan;
import org.nestwalk.paging.ReplicatedTables;

/// What must hold between any two steps of a simulated machine: frames in use are those that have
/// an owner or hold other tenants' data; frames that back pages have as many owners as mappings,
/// the same ones, and can be written by nobody if these are several; and the tables of each second
/// level are frames of its own virtual machine.
final class Invariants {
    private static final long FRAME = PageSize.SIZE_4K.bytes();

    private final HostFrames host;
    private final List<SimulatedVm> machines;
    private long owned;
    private long mapped;
    private long known;

    Invariants(HostFrames host, List<SimulatedVm> machines) {
        this.host = host;
        this.machines = machines;
    }

    /// @throws IllegalStateException if something does not hold
    void check() {
        for (int node = 0; node < host.frames().nodes(); node++) {
            checkFrames(host.frames().node(node));
        }
        for (SimulatedVm vm : machines) {
            if (vm.isNative() && !vm.isClosed()) {
                mapped += vm.settings().memoryBytes() / FRAME;
            } else if (vm.hasMemory()) {
                checkTables(vm);
            }
        }
        if (owned != mapped) {
            throw new IllegalStateException(
                    "frames have %,d owners, but %,d mappings".formatted(owned, mapped));
        }
    }

    /// Looks at frames that have an owner, and counts them: so many must be in use, and those that
    /// have none, nearly all of a large host, need not be looked at.
    private void checkFrames(BuddyAllocator allocator) {
        OtherTenants tenants = host.tenants(allocator.base());
        known = 0;
        host.owners()
                .forEachOwned(
                        allocator.base(),
                        allocator.end(),
                        hpa -> {
                            require(!tenants.holds(hpa), "frame %x has two owners", hpa);
                            require(!allocator.isFree(hpa), "frame %x is owned, but free", hpa);
                            known++;
                            owned += host.owners().pages(hpa);
                        });
        for (long hpa = tenants.next(0); hpa >= 0; hpa = tenants.next(hpa + FRAME)) {
            require(!allocator.isFree(hpa), "frame %x is owned, but free", hpa);
            known++;
        }
        if (known != allocator.totalFrames() - allocator.freeFrames()) {
            findLost(allocator, tenants);
        }
    }

    /// Names a frame in use that has no owner: one by one, since there is one.
    private void findLost(BuddyAllocator allocator, OtherTenants tenants) {
        for (long hpa = allocator.base(); hpa < allocator.end(); hpa += FRAME) {
            boolean known = host.owners().of(hpa) != 0 || tenants.holds(hpa);
            require(known || allocator.isFree(hpa), "frame %x is used by nobody", hpa);
        }
        throw new IllegalStateException("the count of free frames is wrong");
    }

    private void checkTables(SimulatedVm vm) {
        PageTable table = vm.tables().table();
        PageTableScan.forEachLeaf(
                table,
                (gpa, level, entry) -> {
                    long hpa = table.lookup(gpa);
                    long bytes = PageSize.ofLevel(level).bytes();
                    int rights = vm.tables().rights(gpa);
                    boolean writable = (rights & SecondLevelMap.WRITE) != 0;
                    for (long offset = 0; offset < bytes; offset += FRAME) {
                        require(
                                host.owners().backs(hpa + offset, vm.context().id(), gpa + offset),
                                "frame %x is mapped by a virtual machine that does not own it",
                                hpa + offset);
                        require(
                                !writable || !host.owners().isShared(hpa + offset),
                                "frame %x is shared, and can be written",
                                hpa + offset);
                    }
                    require(
                            rights == vm.tables().claimed().granted(gpa, PageSize.ofLevel(level)),
                            "page %x has other rights than claims allow",
                            gpa);
                    mapped += bytes / FRAME;
                });
        PageTableScan.forEachTable(
                table,
                (address, level, gpa) ->
                        require(
                                host.owners().of(address)
                                        == FrameOwners.pack(
                                                FrameOwners.TABLE, vm.context().id(), 0),
                                "table %x is no frame of its virtual machine",
                                address));
        ReplicatedTables copies = vm.tables().memory().copies();
        if (copies != null) {
            copies.check();
        }
    }

    private static void require(boolean holds, String message, long hpa) {
        if (!holds) {
            throw new IllegalStateException(message.formatted(hpa));
        }
    }
}
