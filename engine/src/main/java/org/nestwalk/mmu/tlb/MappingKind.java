package org.nestwalk.mmu.tlb;

/// The kinds of information that a processor with VMX caches about translations.
///
/// Source: Intel SDM volume 3C, section 28.3.1 (29.4.1 in newer editions).
public enum MappingKind {
    /// Linear to physical addresses while EPT is not in use; tagged by VPID and PCID.
    LINEAR,
    /// Guest-physical to host-physical addresses; tagged by EP4TA.
    GUEST_PHYSICAL,
    /// Linear to host-physical addresses through both dimensions; tagged by VPID, PCID and EP4TA.
    COMBINED
}
