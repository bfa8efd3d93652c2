package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.memory.FrameMemory;
import org.nestwalk.memory.encryption.EncryptedMemory;
import org.nestwalk.memory.encryption.MemoryKey;
import org.nestwalk.memory.encryption.ReverseMap;
import org.nestwalk.paging.PagingFeatures;

/// How the memory of one virtual machine is protected from its hypervisor: by encryption, and by a
/// reverse map table that says which frames it owns.
final class VmProtection {
    private final Protection protection;
    private final int id;
    private final SimulatedHost host;
    private final FrameMemory view;

    /// @param id of the virtual machine, and of its key
    VmProtection(SimulatedHost host, int id, Protection protection) {
        this.host = host;
        this.id = id;
        this.protection = protection;
        this.view =
                isEncrypted()
                        ? new EncryptedMemory(
                                host.memory(),
                                MemoryKey.drawn(host.settings().seed(), id),
                                encryptionBit())
                        : host.memory();
    }

    boolean isEncrypted() {
        return protection != Protection.NONE;
    }

    /// Whether every frame of it has an entry in the reverse map table.
    boolean isOwned() {
        return protection == Protection.OWNED;
    }

    /// Physical memory as the guest's processors see it.
    FrameMemory view() {
        return view;
    }

    /// The C-bit in the guest's tables and on private addresses; 0 without encryption.
    long encryptionBit() {
        MemoryEncryption encryption = host.settings().encryption();
        return isEncrypted() && encryption != null ? encryption.mask() : 0;
    }

    /// The address-space identifier by which it owns frames.
    int asid() {
        return isOwned() ? id : ReverseMap.HYPERVISOR;
    }

    /// What its processors support in its own tables: the C-bit is no reserved bit if it has one.
    PagingFeatures features() {
        PagingFeatures others = Processor.features(host.settings());
        return isEncrypted() ? others.withPhysicalBits(others.physicalBits() + 1) : others;
    }

    /// Notes that the block of `size` at `hpa` backs its page at `gpa`.
    void assign(long hpa, PageSize size, long gpa) {
        ReverseMap owners = ownersIfOwned();
        if (owners != null) {
            owners.assign(hpa, size, id, gpa);
        }
    }

    /// Makes the 2-MiB block at `hpa` owned page by page.
    void smash(long hpa) {
        ReverseMap owners = ownersIfOwned();
        if (owners != null) {
            owners.smash(hpa);
        }
    }

    /// The block of `size` at `hpa` is the hypervisor's again.
    void take(long hpa, PageSize size) {
        ReverseMap owners = ownersIfOwned();
        if (owners != null) {
            owners.take(hpa, size);
        }
    }

    private @Nullable ReverseMap ownersIfOwned() {
        return isOwned() ? host.owners() : null;
    }
}
