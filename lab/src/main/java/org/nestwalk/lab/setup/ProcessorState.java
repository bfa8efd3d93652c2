package org.nestwalk.lab.setup;

import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.paging.PagingFeatures;

/// What a setup's tables leave open about its processor: control bits, rights of protection keys,
/// and what the processor supports.
///
/// @param cr0 CR0, with paging on
/// @param cr4 CR4 but for LA57, which the levels of the guest's table decide
/// @param efer IA32_EFER
/// @param pkru rights of user pages by protection key, as in [org.nestwalk.paging.GuestRegisters]
/// @param pkrs the same for supervisor pages
/// @param hostCr4 the host's CR4 under AMD's nested tables, but for LA57
/// @param hostEfer the host's IA32_EFER there
/// @param physicalBits MAXPHYADDR, 48 to 52: setups put tables at addresses of 47 bits
/// @param executeOnly whether EPT entries may allow execution without reading
/// @param modeBasedExecute whether EPT has an execute permission of its own for user mode
/// @param advancedInformation whether EPT violations report bits 11:9 of the exit qualification
public record ProcessorState(
        long cr0,
        long cr4,
        long efer,
        long pkru,
        long pkrs,
        long hostCr4,
        long hostEfer,
        int physicalBits,
        boolean executeOnly,
        boolean modeBasedExecute,
        boolean advancedInformation) {
    /// As everything that runs on setups has it: CR0.WP and EFER.NXE set, nothing of CR4.
    public static final ProcessorState USUAL =
            new ProcessorState(
                    ControlRegisters.CR0_PE | ControlRegisters.CR0_WP | ControlRegisters.CR0_PG,
                    0,
                    ControlRegisters.EFER_NXE,
                    0,
                    0,
                    0,
                    ControlRegisters.EFER_NXE,
                    52,
                    true,
                    false,
                    false);

    /// The same with paging off.
    ProcessorState withoutPaging() {
        return new ProcessorState(
                cr0 & ~ControlRegisters.CR0_PG,
                cr4,
                efer,
                pkru,
                pkrs,
                hostCr4,
                hostEfer,
                physicalBits,
                executeOnly,
                modeBasedExecute,
                advancedInformation);
    }

    /// The features of a processor of AMD's or Intel's.
    public PagingFeatures features(boolean amd) {
        return new PagingFeatures(physicalBits, true, true, executeOnly, advancedInformation, amd);
    }

    /// Whether NX has a meaning in entries of the guest's (or the only) table, or of AMD's nested
    /// ones.
    public boolean noExecute(boolean guest) {
        return ((guest ? efer : hostEfer) & ControlRegisters.EFER_NXE) != 0;
    }
}
