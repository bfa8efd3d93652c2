package org.nestwalk.bits;

/// Linear addresses: canonical form and the indices by which a walk descends.
///
/// ```text
///  63          57 56    48 47    39 38    30 29    21 20    12 11          0
/// +--------------+--------+--------+--------+--------+--------+-------------+
/// | sign         | PML5   | PML4   | PDPT   | PD     | PT     | offset      |
/// +--------------+--------+--------+--------+--------+--------+-------------+
/// ```
///
/// Source: Intel SDM volume 3A, section 4.5; volume 1, section 3.3.7.1.
public final class LinearAddress {
    private LinearAddress() {}

    /// Whether `address` repeats its top implemented bit: bit 47 with 4 levels, bit 56 with 5.
    public static boolean isCanonical(long address, int levels) {
        int unused = 64 - PageSize.shiftOfLevel(levels + 1);
        return address << unused >> unused == address;
    }

    /// The index into a table at `level` (1 to 5), 0 to 511.
    public static int index(long address, int level) {
        return (int) (address >>> PageSize.shiftOfLevel(level)) & 511;
    }
}
