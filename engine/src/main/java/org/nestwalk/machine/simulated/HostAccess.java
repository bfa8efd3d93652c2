package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.RmpEntry;
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

    private final SimulatedMachine machine;
    private final Account account = new Account();

    HostAccess(SimulatedMachine machine) {
        this.machine = machine;
    }

    /// The host-physical address of `gpa`, or -1 if it is not backed.
    public long frameOf(VirtualMachine vm, long gpa) {
        return machine.own(vm).lookup(gpa);
    }

    /// The 512 words of the frame at `hpa`, as they are in memory.
    public long[] read(long hpa) {
        long[] words = new long[FRAME_WORDS];
        alone(() -> {
            for (int i = 0; i < words.length; i++) {
                words[i] = machine.memory().read(hpa + (long) i * Long.BYTES);
            }
        });
        return words;
    }

    /// Writes all of the frame at `hpa`. Returns false, with nothing written, if the processor
    /// refuses that.
    public boolean write(long hpa, long[] words) {
        ReverseMap owners = machine.owners();
        if (owners != null && RmpEntry.has(owners.entry(hpa), RmpEntry.ASSIGNED)) {
            return false;
        }
        alone(() -> {
            for (int i = 0; i < words.length; i++) {
                machine.memory().write(hpa + (long) i * Long.BYTES, words[i]);
            }
        });
        return true;
    }

    /// Maps the 4-KiB page at `gpa` to the frame at `hpa`, whoever has that.
    public void remap(VirtualMachine vm, long gpa, long hpa) {
        SimulatedVm own = machine.own(vm);
        alone(() -> {
            own.tables().remap(gpa, hpa);
            own.flush(gpa, PageSize.SIZE_4K.bytes());
        });
    }

    /// RMPUPDATE: assigns the frame at `hpa` to the page at `gpa` of a virtual machine. Not
    /// validated.
    public void assign(long hpa, VirtualMachine vm, long gpa) {
        SimulatedVm own = machine.own(vm);
        alone(() -> {
            own.assign(hpa, PageSize.SIZE_4K, gpa);
            machine.flushAll();
        });
    }

    /// RMPUPDATE: makes the frame at `hpa` the hypervisor's.
    public void take(long hpa) {
        ReverseMap owners = machine.owners();
        alone(() -> {
            if (owners != null) {
                owners.take(hpa, PageSize.SIZE_4K);
            }
            machine.flushAll();
        });
    }

    /// PSMASH: the 2-MiB page at `hpa` is owned page by page from now on; its mapping stays.
    public void smash(long hpa) {
        ReverseMap owners = machine.owners();
        alone(() -> {
            if (owners != null) {
                owners.smash(hpa);
            }
            machine.flushAll();
        });
    }

    private void alone(Runnable work) {
        machine.world().alone(null, account, work);
    }
}
