package org.nestwalk.iommu.table;

/// An entry of the root table, which has one for each bus: 128 bits.
///
/// ```text
///           63            H H-1                            12 11        1 0
///          +---------------+---------------------------------+-----------+-+
/// low word | reserved (0)  | context table of functions 0-127|reserved(0)|P|
///          |               | (legacy mode: of all functions) |           | |
///          +---------------+---------------------------------+-----------+-+
/// high     | reserved (0)  | context table of functions      |reserved(0)|P|
///          |               | 128-255 (legacy mode: reserved) |           | |
///          +---------------+---------------------------------+-----------+-+
/// ```
///
/// H is the unit's host address width. Source: VT-d specification, sections 9.1 and 9.2.
public final class RootEntry {
    /// P: the context table is there.
    public static final long PRESENT = 1;

    /// In the root table's address that a unit is given (RTADDR_REG.TTM = 1): all tables are those
    /// of scalable mode.
    public static final long SCALABLE = 1L << 10;

    /// Bytes of an entry.
    public static final int BYTES = 16;

    /// Bits that are always reserved in a present half.
    public static final long RESERVED = 0xffe;

    private RootEntry() {}

    /// A half that points to the context table at `table`.
    public static long of(long table) {
        return table | PRESENT;
    }

    /// The address of the context table.
    public static long table(long half) {
        return half & -4096;
    }
}
