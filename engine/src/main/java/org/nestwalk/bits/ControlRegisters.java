package org.nestwalk.bits;

/// Bits of CR0, CR4 and IA32_EFER that govern paging.
///
/// Source: Intel SDM volume 3A, sections 2.5 and 4.1; volume 4 for IA32_EFER.
public final class ControlRegisters {
    /// CR0.PE: protected mode.
    public static final long CR0_PE = 1;

    /// CR0.WP: supervisor-mode writes respect read-only pages.
    public static final long CR0_WP = 1L << 16;

    /// CR0.CD: caching is off; the memory type under EPT is UC.
    public static final long CR0_CD = 1L << 30;

    /// CR0.PG: paging is on.
    public static final long CR0_PG = 1L << 31;

    /// CR4.PAE: 64-bit entries of paging structures; IA-32e mode needs it.
    public static final long CR4_PAE = 1L << 5;

    /// CR4.PGE: global pages.
    public static final long CR4_PGE = 1L << 7;

    /// CR4.LA57: 5-level paging.
    public static final long CR4_LA57 = 1L << 12;

    /// CR4.PCIDE: process-context identifiers.
    public static final long CR4_PCIDE = 1L << 17;

    /// CR4.SMEP: no supervisor-mode fetches from user pages.
    public static final long CR4_SMEP = 1L << 20;

    /// CR4.SMAP: no supervisor-mode data accesses to user pages, unless EFLAGS.AC allows them.
    public static final long CR4_SMAP = 1L << 21;

    /// CR4.PKE: protection keys for user pages.
    public static final long CR4_PKE = 1L << 22;

    /// CR4.PKS: protection keys for supervisor pages.
    public static final long CR4_PKS = 1L << 24;

    /// IA32_EFER.LME: turning paging on enters IA-32e mode.
    public static final long EFER_LME = 1L << 8;

    /// IA32_EFER.LMA: the processor is in IA-32e mode.
    public static final long EFER_LMA = 1L << 10;

    /// IA32_EFER.NXE: bit 63 of an entry forbids execution.
    public static final long EFER_NXE = 1L << 11;

    private ControlRegisters() {}
}
