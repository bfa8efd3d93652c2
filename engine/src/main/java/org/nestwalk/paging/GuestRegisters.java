package org.nestwalk.paging;

import org.nestwalk.bits.ControlRegisters;

/// The registers that govern guest paging (or native paging, where there is no second level), in
/// IA-32e mode or with paging off.
///
/// @param cr0 CR0: PE, WP, CD and PG matter
/// @param cr3 CR3: bits 51:12 address the root table
/// @param cr4 CR4: PGE, LA57, SMEP, SMAP, PKE and PKS matter
/// @param efer IA32_EFER: NXE matters
/// @param pkru rights of user pages by protection key: bit 2i denies all data accesses, bit 2i+1
///   writes (Intel SDM volume 3A, section 4.6.2)
/// @param pkrs the same for supervisor pages (IA32_PKRS)
/// @param pat IA32_PAT
public record GuestRegisters(
        long cr0, long cr3, long cr4, long efer, long pkru, long pkrs, long pat) {
    /// IA32_PAT after reset: WB, WT, UC-, UC, twice.
    public static final long PAT_AFTER_RESET = 0x0007_0406_0007_0406L;

    /// Those of a guest with paging on, whose kernel heeds R/W and has NX, without protection keys.
    ///
    /// @param cr3 see [#cr3]
    /// @param cr4 see [#cr4]
    public static GuestRegisters paging(long cr3, long cr4) {
        return new GuestRegisters(
                ControlRegisters.CR0_PE | ControlRegisters.CR0_WP | ControlRegisters.CR0_PG,
                cr3,
                cr4,
                ControlRegisters.EFER_NXE,
                0,
                0,
                PAT_AFTER_RESET);
    }

    /// The same with paging off.
    public GuestRegisters withoutPaging() {
        return new GuestRegisters(cr0 & ~ControlRegisters.CR0_PG, cr3, cr4, efer, pkru, pkrs, pat);
    }

    /// Whether CR0.PG is set.
    public boolean isPagingEnabled() {
        return (cr0 & ControlRegisters.CR0_PG) != 0;
    }
}
