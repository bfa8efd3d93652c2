package org.nestwalk.iommu.table;

/// An entry of a PASID table: how requests with one PASID are translated; 512 bits, 64 in a table.
/// A PASID directory has a word for each table, with P in bit 0 and the table's address in 63:12.
///
/// ```text
///           63         H H-1                      12 11 10 9  8   6 5 4   2 1 0
///          +------------+---------------------------+-----+--+-----+-+-----+-+-+
/// word 0   |reserved (0)| root of the second stage  |res 0|AD| GT  |0| AW  |F|P|
///          +------------+---------------------------+-----+--+-----+-+-----+-+-+
///           63                              16 15                             0
///          +----------------------------------+--------------------------------+
/// word 1   |     not used here                |  domain                        |
///          +----------------------------------+--------------------------------+
///           63         H H-1                      12 11       4 3   2 1       0
///          +------------+---------------------------+----------+-----+----+----+
/// word 2   |reserved (0)| root of the first stage   | not used | FSPM| ERE| SRE|
///          +------------+---------------------------+----------+-----+----+----+
/// words 3 to 7: reserved
/// ```
///
/// P: present. F (FPD): faults are not recorded. AW as in [ContextEntry]. GT (PGTT): 1 first stage,
/// 2 second stage, 3 both nested, 4 pass-through. AD (SSADE): the second stage has accessed and
/// dirty flags. FSPM: 0 is 4 levels of the first stage, 1 is 5. SRE and ERE (requests of the
/// supervisor, and to execute) are not used: no device here makes such requests.
///
/// Source: VT-d specification, sections 9.5 and 9.6.
public final class PasidEntry {
    /// P.
    public static final long PRESENT = 1;

    /// FPD.
    public static final long FAULTS_DISABLED = 1 << 1;

    /// PGTT: only the first stage.
    public static final int FIRST = 1;

    /// PGTT: only the second stage.
    public static final int SECOND = 2;

    /// PGTT: the first stage, whose addresses go through the second.
    public static final int NESTED = 3;

    /// PGTT: not translated.
    public static final int PASS_THROUGH = 4;

    /// SSADE: accessed and dirty flags in the second stage.
    public static final long ACCESSED_DIRTY = 1 << 9;

    /// Bytes of an entry.
    public static final int BYTES = 64;

    /// Entries of a table, which the low 6 bits of a PASID choose among.
    public static final int ENTRIES = 64;

    /// Reserved bits of word 0, below the address.
    public static final long RESERVED = 0xc20;

    private PasidEntry() {}

    /// Word 0.
    ///
    /// @param root of the second stage; 0 for none
    /// @param levels of it, 4 or 5
    /// @param type PGTT
    public static long low(long root, int levels, int type, boolean accessedDirty) {
        return root
                | (accessedDirty ? ACCESSED_DIRTY : 0)
                | (long) type << 6
                | (long) (levels - 2) << 2
                | PRESENT;
    }

    /// PGTT.
    public static int type(long low) {
        return (int) (low >>> 6) & 7;
    }

    /// The levels of the second stage that AW stands for: 2 to 9.
    public static int levels(long low) {
        return ((int) (low >>> 2) & 7) + 2;
    }

    /// Word 2.
    ///
    /// @param root of the first stage
    /// @param levels of it, 4 or 5
    public static long first(long root, int levels) {
        return root | (levels - 4L) << 2;
    }

    /// FSPM of word 2: 0 is 4 levels, 1 is 5, and others do not exist.
    public static int firstMode(long word) {
        return (int) (word >>> 2) & 3;
    }

    /// The address in a word: the root of a stage.
    public static long address(long word) {
        return word & -4096;
    }
}
