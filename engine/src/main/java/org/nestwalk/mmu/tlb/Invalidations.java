package org.nestwalk.mmu.tlb;

import static org.nestwalk.mmu.tlb.InvalidationScope.ANY;
import static org.nestwalk.mmu.tlb.InvalidationScope.ANY_BUT_ZERO;

import java.util.EnumSet;
import java.util.Set;
import org.nestwalk.mmu.tlb.InvalidationScope.Extent;

/// The scopes of the operations that invalidate cached translations, one method an operation: what
/// each must invalidate, and no more, though processors may do more.
///
/// Sources: Intel SDM volume 3A, section 4.10.4.1, for instructions that also exist without VMX;
/// volume 3C, section 28.3.3.1 (29.4.3.1 in newer editions), for those of VMX and for what the
/// others do under it. The latter affect linear and combined mappings of the current VPID, under
/// whatever EP4TA, and never guest-physical mappings. Without VMX the current VPID is 0.
public final class Invalidations {
    private static final Set<MappingKind> LINEAR_AND_COMBINED =
            EnumSet.of(MappingKind.LINEAR, MappingKind.COMBINED);
    private static final Set<MappingKind> THROUGH_EPT =
            EnumSet.of(MappingKind.GUEST_PHYSICAL, MappingKind.COMBINED);

    private Invalidations() {}

    /// INVLPG: the translations of a linear address under the current PCID, global ones too, and
    /// the current PCID's paging-structure caches whole (volume 3A, 4.10.4.1). If the guest's page
    /// is cached in smaller pieces, all of them.
    public static InvalidationScope invlpg(int vpid, int pcid, long gva) {
        return linear(vpid, pcid, true, Extent.ADDRESS_AND_ALL_STRUCTURES, gva);
    }

    /// INVPCID type 0, individual address: the non-global translations of a linear address under a
    /// PCID.
    public static InvalidationScope invpcidAddress(int vpid, int pcid, long gva) {
        return linear(vpid, pcid, false, Extent.ADDRESS, gva);
    }

    /// INVPCID type 1, single context: all but the global translations of a PCID.
    public static InvalidationScope invpcidSingleContext(int vpid, int pcid) {
        return linear(vpid, pcid, false, Extent.ALL, 0);
    }

    /// INVPCID type 2, all contexts with globals: all translations of all PCIDs.
    public static InvalidationScope invpcidAll(int vpid) {
        return linear(vpid, ANY, true, Extent.ALL, 0);
    }

    /// INVPCID type 3, all contexts: all but the global translations of all PCIDs.
    public static InvalidationScope invpcidAllButGlobals(int vpid) {
        return linear(vpid, ANY, false, Extent.ALL, 0);
    }

    /// MOV to CR3 that invalidates: all but the global translations of a PCID. While CR4.PCIDE is 0
    /// the PCID is 0; while it is 1, that of the value loaded, unless its bit 63 is set, with which
    /// nothing is invalidated.
    public static InvalidationScope movToCr3(int vpid, int pcid) {
        return linear(vpid, pcid, false, Extent.ALL, 0);
    }

    /// MOV to CR0 that clears PG, or to CR4 that changes PGE or clears PCIDE: all translations of
    /// all PCIDs, global ones too.
    public static InvalidationScope pagingModeChange(int vpid) {
        return linear(vpid, ANY, true, Extent.ALL, 0);
    }

    /// MOV to CR4 that changes PAE or sets SMEP: all translations of the current PCID, global ones
    /// too.
    public static InvalidationScope smepOrPaeChange(int vpid, int pcid) {
        return linear(vpid, pcid, true, Extent.ALL, 0);
    }

    /// A page fault: the translations of the faulting linear address under the current PCID, those
    /// of paging-structure caches too. Global ones count as the current PCID's; if they survived,
    /// the fault could recur without a cause in memory.
    public static InvalidationScope pageFault(int vpid, int pcid, long gva) {
        return linear(vpid, pcid, true, Extent.ADDRESS, gva);
    }

    /// VM entry or VM exit without "enable VPID": all linear and combined mappings of VPID 0.
    public static InvalidationScope transitionWithoutVpid() {
        return linear(0, ANY, true, Extent.ALL, 0);
    }

    /// INVVPID type 0, individual address: the translations of a linear address under a VPID, all
    /// PCIDs and EP4TAs, global ones too.
    public static InvalidationScope invvpidAddress(int vpid, long gva) {
        return linear(vpid, ANY, true, Extent.ADDRESS, gva);
    }

    /// INVVPID type 1, single context: all linear and combined mappings of a VPID.
    public static InvalidationScope invvpidSingleContext(int vpid) {
        return linear(vpid, ANY, true, Extent.ALL, 0);
    }

    /// INVVPID type 2, all contexts: all linear and combined mappings of all VPIDs except 0.
    public static InvalidationScope invvpidAll() {
        return linear(ANY_BUT_ZERO, ANY, true, Extent.ALL, 0);
    }

    /// INVVPID type 3, single context retaining globals: all but the global translations of a VPID.
    public static InvalidationScope invvpidSingleContextButGlobals(int vpid) {
        return linear(vpid, ANY, false, Extent.ALL, 0);
    }

    /// INVEPT type 1, single context: the guest-physical and combined mappings of an EP4TA, of all
    /// VPIDs and PCIDs.
    public static InvalidationScope inveptSingleContext(long ep4ta) {
        return new InvalidationScope(THROUGH_EPT, ANY, ANY, ep4ta, true, Extent.ALL, 0);
    }

    /// INVEPT type 2, all contexts: the guest-physical and combined mappings of all EP4TAs. Linear
    /// mappings stay.
    public static InvalidationScope inveptAll() {
        return new InvalidationScope(THROUGH_EPT, ANY, ANY, ANY, true, Extent.ALL, 0);
    }

    /// An EPT violation, first part: the guest-physical mappings of the address that caused it.
    public static InvalidationScope eptViolation(long ep4ta, long gpa) {
        Set<MappingKind> kinds = EnumSet.of(MappingKind.GUEST_PHYSICAL);
        return new InvalidationScope(kinds, ANY, ANY, ep4ta, false, Extent.ADDRESS, gpa);
    }

    /// An EPT violation, second part, if the guest-physical address was the translation of a linear
    /// one: the combined mappings of that.
    public static InvalidationScope eptViolationOfLinear(int vpid, int pcid, long ep4ta, long gva) {
        Set<MappingKind> kinds = EnumSet.of(MappingKind.COMBINED);
        return new InvalidationScope(kinds, vpid, pcid, ep4ta, true, Extent.ADDRESS, gva);
    }

    private static InvalidationScope linear(
            int vpid, int pcid, boolean globals, Extent extent, long gva) {
        return new InvalidationScope(LINEAR_AND_COMBINED, vpid, pcid, ANY, globals, extent, gva);
    }
}
