package org.nestwalk.machine.simulated;

import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;

/// What follows for every processor from the machine's settings.
final class Processor {
    private Processor() {}

    /// The registers of the guest, with paging on, or off for accesses by guest-physical address.
    static GuestRegisters registers(SimulatedSettings settings, boolean paging) {
        GuestRegisters registers =
                GuestRegisters.paging(
                        0,
                        (settings.guestLevels() == 5 ? ControlRegisters.CR4_LA57 : 0)
                                | ControlRegisters.CR4_PCIDE);
        return paging ? registers : registers.withoutPaging();
    }

    /// Of a processor without encryption, or of its second level; see [VmProtection#features].
    static PagingFeatures features(SimulatedSettings settings) {
        PagingFeatures all =
                settings.model().translation().secondLevel() == SecondLevelFormat.NPT
                        ? PagingFeatures.ALL_AMD
                        : PagingFeatures.ALL;
        MemoryEncryption encryption = settings.encryption();
        return encryption == null ? all : all.withPhysicalBits(encryption.bit());
    }
}
