package org.nestwalk.bits;

/// An entry of the reverse map table (RMP) of AMD's SEV-SNP: to whom a frame of host memory
/// belongs. The low half of 16 bytes; the other half holds nothing that is modelled.
///
/// ```text
///  63 62 61 60       51 50                            12 11       3 2 1 0
/// +--+--+--+-----------+--------------------------------+----------+-+-+-+
/// |0 |V |0 |   ASID    | guest-physical page, 50:12     |    0     |0|S|A|
/// +--+--+--+-----------+--------------------------------+----------+-+-+-+
/// ```
///
/// A: the frame is assigned to the guest with the ASID, and backs the page; otherwise it is the
/// hypervisor's. S: the entry, which is then that of an aligned 2-MiB block's first frame, stands
/// for all of the block. V: the guest has validated the page (PVALIDATE). Bits 2 (immutable) and 61
/// (VMSA) are not modelled.
///
/// Source: AMD PPR for family 19h model 01h; AMD APM volume 2, section 15.36.3. The format is not
/// architectural.
public final class RmpEntry {
    /// A: assigned to a guest.
    public static final long ASSIGNED = 1;

    /// S: stands for 2 MiB.
    public static final long LARGE = 1L << 1;

    /// V: validated by the guest.
    public static final long VALIDATED = 1L << 62;

    /// The largest ASID.
    public static final int MOST_ASID = (1 << 10) - 1;

    private static final long PAGE = (1L << 51) - 4096;
    private static final int ASID_SHIFT = 51;

    private RmpEntry() {}

    /// The entry of a frame newly assigned, not validated.
    ///
    /// @param asid 1 to [#MOST_ASID]
    /// @param gpa guest-physical address of the page, below 2^51
    public static long assigned(int asid, long gpa, boolean large) {
        return (long) asid << ASID_SHIFT | gpa & PAGE | (large ? LARGE : 0) | ASSIGNED;
    }

    /// Whether all of `flags` are set.
    public static boolean has(long entry, long flags) {
        return (entry & flags) == flags;
    }

    /// The guest's ASID.
    public static int asid(long entry) {
        return (int) (entry >>> ASID_SHIFT) & MOST_ASID;
    }

    /// The guest-physical address of the page.
    public static long page(long entry) {
        return entry & PAGE;
    }
}
