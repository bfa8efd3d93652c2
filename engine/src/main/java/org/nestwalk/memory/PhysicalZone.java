package org.nestwalk.memory;

/// A range of physical addresses from which a [FrameLayout] takes frames.
///
/// Zones of the same address space that do not overlap keep, for example, tables and data apart.
///
/// @param base first address, a multiple of 1 GiB
/// @param bytes length, a positive multiple of 4 GiB; the zone ends at or below 2^52, the largest
///   physical address of x86-64 (Intel SDM volume 3A, section 4.1.4)
public record PhysicalZone(long base, long bytes) {
    static final long GIB = 1L << 30;
    private static final long END = 1L << 52;

    /// The first 2^46 bytes (64 TiB).
    public static final PhysicalZone DEFAULT = new PhysicalZone(0, 1L << 46);

    /// Checks the bounds above.
    public PhysicalZone {
        if (base < 0 || base % GIB != 0) {
            throw new IllegalArgumentException("zone base is not a multiple of 1 GiB: " + base);
        }
        if (bytes <= 0 || bytes % (4 * GIB) != 0 || bytes > END - base) {
            throw new IllegalArgumentException("bad zone length: " + bytes);
        }
    }

    /// The first address after the zone.
    public long end() {
        return base + bytes;
    }

    /// The part of the zone that serves pages of one size in layouts that keep the sizes apart: the
    /// first half for 4 KiB (`part` 0), the third quarter for 2 MiB (1), the last for 1 GiB (2).
    PhysicalPart part(int part) {
        long quarter = bytes / 4;
        return switch (part) {
            case 0 -> new PhysicalPart(base, 2 * quarter);
            case 1 -> new PhysicalPart(base + 2 * quarter, quarter);
            default -> new PhysicalPart(base + 3 * quarter, quarter);
        };
    }

    /// A part of a zone: base and length, multiples of 1 GiB.
    record PhysicalPart(long base, long bytes) {}
}
