package org.nestwalk.bits;

/// Memory types and how they combine.
///
/// Sources: Intel SDM volume 3A, section 11.12 (PAT) and table 11-7 (combination of PAT and MTRR
/// types); volume 3C, section 28.2.6 (the EPT memory type takes the MTRRs' place).
public final class MemoryType {
    /// Strong uncacheable.
    public static final int UC = 0;

    /// Write combining.
    public static final int WC = 1;

    /// Write through.
    public static final int WT = 4;

    /// Write protected.
    public static final int WP = 5;

    /// Write back.
    public static final int WB = 6;

    /// Uncacheable, but a WC type of the MTRRs or EPT prevails (PAT only).
    public static final int UC_MINUS = 7;

    private MemoryType() {}

    /// Whether `type` (0 to 7) is one an EPT leaf may have; 2, 3 and 7 are misconfigurations.
    public static boolean isValidForEpt(int type) {
        return (1 << type & 0b0111_0011) != 0;
    }

    /// The type that entry `index` (0 to 7) of the IA32_PAT value `pat` holds.
    public static int ofPat(long pat, int index) {
        return (int) (pat >>> (8 * index)) & 7;
    }

    /// The effective type of an access: `pat` from the guest's PAT, `under` from EPT, or [#WB]
    /// where there is none (MTRRs that say write-back everywhere).
    public static int combine(int pat, int under) {
        return switch (pat) {
            case UC -> UC;
            case UC_MINUS -> under == WC || under == WP ? WC : UC;
            case WC -> WC;
            case WT -> under == UC || under == WC ? UC : WT;
            case WP -> under == UC || under == WC ? UC : WP;
            default -> under;
        };
    }

    /// The usual abbreviation of `type`.
    public static String name(int type) {
        return switch (type) {
            case UC -> "UC";
            case WC -> "WC";
            case WT -> "WT";
            case WP -> "WP";
            case WB -> "WB";
            case UC_MINUS -> "UC-";
            default -> "reserved(" + type + ")";
        };
    }
}
