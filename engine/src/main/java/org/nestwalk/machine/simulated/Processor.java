package org.nestwalk.machine.simulated;

import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;

/// What follows for every processor from the machine's settings.
final class Processor {
    private Processor() {}

    /// The registers of the guest, with paging on, or off for accesses by guest-physical address.
    static GuestRegisters registers(SimulatedSettings settings, boolean paging) {
        return new GuestRegisters(
                ControlRegisters.CR0_PE
                        | ControlRegisters.CR0_WP
                        | (paging ? ControlRegisters.CR0_PG : 0),
                0,
                (settings.guestLevels() == 5 ? ControlRegisters.CR4_LA57 : 0)
                        | ControlRegisters.CR4_PCIDE,
                ControlRegisters.EFER_NXE,
                0,
                0,
                GuestRegisters.PAT_AFTER_RESET);
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
