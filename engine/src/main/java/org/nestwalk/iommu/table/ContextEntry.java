package org.nestwalk.iommu.table;

/// An entry of a context table, which has one for each function of a bus.
///
/// ```text
/// legacy mode, 128 bits; 256 functions in a table
///           63         H H-1                         12 11     4 3   2 1 0
///          +------------+------------------------------+--------+-----+-+-+
/// low word |reserved (0)| root of the second stage     |res. (0)| TT  |F|P|
///          +------------+------------------------------+--------+-----+-+-+
///           63                      24 23            8 7 6     3 2      0
///          +--------------------------+---------------+-+-------+--------+
/// high     |     reserved (0)         |  domain       |0|ignored|  AW    |
///          +--------------------------+---------------+-+-------+--------+
///
/// scalable mode, 256 bits; 128 functions in a table
///           63         H H-1                 12 11    9 8    5 4  3 2 1 0
///          +------------+----------------------+-------+------+--+-+-+-+-+
/// word 0   |reserved (0)| PASID directory      | PDTS  |res(0)|PR|E|D|F|P|
///          +------------+----------------------+-------+------+--+-+-+-+-+
///           63                              20 19                       0
///          +----------------------------------+--------------------------+
/// word 1   |     reserved (0)                 | PASID of requests without|
///          +----------------------------------+--------------------------+
/// words 2 and 3: reserved
/// ```
///
/// P: present. F (FPD): faults are not recorded. TT: 0 untranslated requests only, 1 requests of
/// device TLBs too, 2 pass-through. AW: 2 is 48 bits by 4 levels, 3 is 57 bits by 5. D (DTE):
/// device TLBs. E (PASIDE): requests may have a PASID. PR (PRE): page requests. PDTS: the directory
/// has 2^(PDTS + 7) entries.
///
/// Source: VT-d specification, sections 9.3 and 9.4.
public final class ContextEntry {
    /// P.
    public static final long PRESENT = 1;

    /// FPD: faults are not recorded.
    public static final long FAULTS_DISABLED = 1 << 1;

    /// TT of a device without a TLB.
    public static final int UNTRANSLATED = 0;

    /// TT of a device that may have a TLB.
    public static final int DEVICE_TLB = 1;

    /// TT of a device that is not translated.
    public static final int PASS_THROUGH = 2;

    /// Bytes of an entry in legacy mode.
    public static final int LEGACY_BYTES = 16;

    /// Bytes of an entry in scalable mode.
    public static final int SCALABLE_BYTES = 32;

    /// Scalable mode, DTE: the device may have a TLB.
    public static final long SCALABLE_DEVICE_TLB = 1 << 2;

    /// Scalable mode, PASIDE: requests may have a PASID.
    public static final long SCALABLE_PASIDS = 1 << 3;

    /// Scalable mode, PRE: the device may ask for pages.
    public static final long SCALABLE_PAGE_REQUESTS = 1 << 4;

    /// Reserved bits of the low word in legacy mode, below the address.
    public static final long LEGACY_RESERVED_LOW = 0xff0;

    /// Reserved bits of the high word in legacy mode.
    public static final long LEGACY_RESERVED_HIGH = -1L << 24 | 1 << 7;

    /// Reserved bits of word 0 in scalable mode, below the address.
    public static final long SCALABLE_RESERVED = 0x1e0;

    private ContextEntry() {}

    /// The low word in legacy mode.
    ///
    /// @param root of the second stage; 0 with pass-through
    /// @param type TT
    public static long legacyLow(long root, int type) {
        return root | (long) type << 2 | PRESENT;
    }

    /// The high word in legacy mode.
    ///
    /// @param domain 0 to 65535
    /// @param levels 4 or 5
    public static long legacyHigh(int domain, int levels) {
        return (long) domain << 8 | levels - 2;
    }

    /// TT.
    public static int type(long low) {
        return (int) (low >>> 2) & 3;
    }

    /// The levels that AW stands for: 2 to 9.
    public static int levels(long high) {
        return (int) (high & 7) + 2;
    }

    /// The domain, in legacy mode.
    public static int domain(long high) {
        return (int) (high >>> 8) & 0xffff;
    }

    /// Word 0 in scalable mode.
    ///
    /// @param directory of PASIDs
    /// @param size PDTS
    /// @param rights of the constants above
    public static long scalable(long directory, int size, long rights) {
        return directory | (long) size << 9 | rights | PRESENT;
    }

    /// Entries of the PASID directory.
    public static int directoryEntries(long word) {
        return 1 << ((int) (word >>> 9) & 7) + 7;
    }

    /// The address in the low word: the root of a second stage, or the PASID directory.
    public static long address(long low) {
        return low & -4096;
    }
}
