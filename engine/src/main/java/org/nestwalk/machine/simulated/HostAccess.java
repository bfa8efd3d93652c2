package org.nestwalk.machine.simulated;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.encryption.ReverseMap;

/// What a hypervisor can do that keeps to no rule: read and write any frame, and map any frame
/// anywhere. What it cannot do is what the processor refuses: to write frames that a guest owns,
/// and to validate pages in a guest's place.
///
/// Caches of translations never hide what it does: they are emptied with each change, as by a
/// hypervisor that wants its changes seen. Whoever changes mappings restores them before the
/// machine is closed.
public final class HostAccess {
    private static final int FRAME_WORDS = 512;

    private final SimulatedHost host;
    private final List<SimulatedVm> machines;
    private final Account account = new Account();

    HostAccess(SimulatedHost host, List<SimulatedVm> machines) {
        this.host = host;
        this.machines = machines;
    }

    /// The host-physical address of `gpa`, or -1 if it is not backed.
    public long frameOf(VirtualMachine vm, long gpa) {
        return own(vm).lookup(gpa);
    }

    /// The 512 words of the frame at `hpa`, as they are in memory.
    public long[] read(long hpa) {
        long[] words = new long[FRAME_WORDS];
        alone(() -> {
            for (int i = 0; i < words.length; i++) {
                words[i] = host.memory().read(hpa + (long) i * Long.BYTES);
            }
        });
        return words;
    }

    /// Writes all of the frame at `hpa`. Returns false, with nothing written, if the processor
    /// refuses that.
    public boolean write(long hpa, long[] words) {
        if (host.isAssigned(hpa)) {
            return false;
        }
        alone(() -> {
            for (int i = 0; i < words.length; i++) {
                host.memory().write(hpa + (long) i * Long.BYTES, words[i]);
            }
        });
        return true;
    }

    /// Maps the 4-KiB page at `gpa` to the frame at `hpa`, whoever has that.
    public void remap(VirtualMachine vm, long gpa, long hpa) {
        SimulatedVm own = own(vm);
        alone(() -> {
            own.tables().remap(gpa, hpa);
            own.context().flush(gpa, PageSize.SIZE_4K.bytes());
        });
    }

    /// RMPUPDATE: assigns the frame at `hpa` to the page at `gpa` of a virtual machine. Not
    /// validated.
    public void assign(long hpa, VirtualMachine vm, long gpa) {
        SimulatedVm own = own(vm);
        alone(() -> {
            own.context().protection().assign(hpa, PageSize.SIZE_4K, gpa);
            flushAll();
        });
    }

    /// RMPUPDATE: makes the frame at `hpa` the hypervisor's.
    public void take(long hpa) {
        ReverseMap owners = host.owners();
        alone(() -> {
            if (owners != null) {
                owners.take(hpa, PageSize.SIZE_4K);
            }
            flushAll();
        });
    }

    /// PSMASH: makes the 2-MiB page at `hpa` owned page by page; its mapping stays.
    public void smash(long hpa) {
        ReverseMap owners = host.owners();
        alone(() -> {
            if (owners != null) {
                owners.smash(hpa);
            }
            flushAll();
        });
    }

    private SimulatedVm own(VirtualMachine vm) {
        return SimulatedVm.of(machines, vm);
    }

    /// Removes what any processor has cached of any guest's memory.
    private void flushAll() {
        for (SimulatedVm vm : machines) {
            if (!vm.isClosed()) {
                vm.context().flush(0, vm.settings().memoryBytes());
            }
        }
    }

    private void alone(Runnable work) {
        host.world().alone(null, account, work);
    }
}
