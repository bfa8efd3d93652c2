package org.nestwalk.bits;

/// The error code of a page fault, which is also the low half of AMD's EXITINFO1 for a nested page
/// fault.
///
/// ```text
///  36 35 34 33 32 31 30           6  5  4  3  2  1  0
/// +--+--+--+--+--+--+--------------+--+--+--+--+--+--+
/// |V |S |E |T |F |M |       0      |PK|I |R |U |W |P |
/// +--+--+--+--+--+--+--------------+--+--+--+--+--+--+
/// ```
///
/// P: the fault is a protection violation, not a missing page. W: a write. U: a user-mode access.
/// R: a reserved bit was set. I: an instruction fetch. PK: a protection key forbade it. Bits above
/// 31 exist in EXITINFO1 only: the fault was met on the final translation (F) or on a guest table
/// (T); the reverse map table refused (M), an access to encrypted memory (E), because the nested
/// page is larger than the entry's (S), or for its privilege level (V, not modelled).
///
/// Sources: Intel SDM volume 3A, section 4.7; AMD APM volume 2, sections 15.25.6 and 15.36.10.
public final class PageFaultCode {
    /// P: the page was present.
    public static final long PROTECTION = 1;

    /// W: the access was a write.
    public static final long WRITE = 1L << 1;

    /// U: the access was made in user mode.
    public static final long USER = 1L << 2;

    /// R: a reserved bit was set in an entry.
    public static final long RESERVED = 1L << 3;

    /// I: the access was an instruction fetch.
    public static final long FETCH = 1L << 4;

    /// PK: the access was denied by a protection key.
    public static final long PROTECTION_KEY = 1L << 5;

    /// EXITINFO1 only: the nested page fault was met on the final guest-physical address.
    public static final long NESTED_FINAL = 1L << 32;

    /// EXITINFO1 only: the nested page fault was met on a guest table.
    public static final long NESTED_TABLE = 1L << 33;

    /// RMP: the reverse map table refused the access.
    public static final long OWNERSHIP = 1L << 31;

    /// EXITINFO1 only, ENC: the access was to encrypted memory.
    public static final long ENCRYPTED = 1L << 34;

    /// EXITINFO1 only, SIZEM: the nested page is larger than the page of the reverse map table.
    public static final long SIZE_MISMATCH = 1L << 35;

    private PageFaultCode() {}
}
