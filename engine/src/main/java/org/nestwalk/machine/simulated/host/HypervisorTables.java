package org.nestwalk.machine.simulated.host;

import java.util.function.IntSupplier;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;
import org.nestwalk.paging.TableFrames;

/// Frames for a hypervisor's own tables for one virtual machine: frames of the same host memory
/// that backs the guests.
///
/// @param node where they come from, if it has memory left
public record HypervisorTables(HostFrames host, int machine, IntSupplier node)
        implements TableFrames {
    @Override
    public long allocate() {
        long hpa = host.take(PageSize.SIZE_4K, node.getAsInt(), FrameOwners.TABLE, machine, 0);
        if (hpa == -1) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY, "the host has no memory left for tables");
        }
        return hpa;
    }

    @Override
    public long hostPhysical(long address) {
        return address;
    }

    @Override
    public void free(long address) {
        host.give(address, 0);
    }
}
