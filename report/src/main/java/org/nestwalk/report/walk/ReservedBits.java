package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PagingEntry;

/// Reserved bits that an entry has set, each with why it is reserved.
final class ReservedBits {
    private ReservedBits() {}

    /// A text for each of `bits`: `bit 51 set, above the 51 physical-address bits`.
    ///
    /// @param level of the entry
    /// @param physicalBits MAXPHYADDR
    static List<String> describe(long bits, int level, int physicalBits) {
        List<String> texts = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((bits >>> bit & 1) != 0) {
                texts.add("bit %d set, %s".formatted(bit, reason(bit, level, physicalBits)));
            }
        }
        return texts;
    }

    private static String reason(int bit, int level, int physicalBits) {
        if (1L << bit == PagingEntry.NO_EXECUTE) {
            return "which is reserved while EFER.NXE = 0";
        }
        if (bit >= physicalBits) {
            return "above the %d physical-address bits".formatted(physicalBits);
        }
        if (1L << bit == PagingEntry.LARGE) {
            return "which is reserved in a " + EntryNames.ofLevel(level);
        }
        if (1L << bit == PagingEntry.GLOBAL) {
            return "which is reserved in a %s of AMD's".formatted(EntryNames.ofLevel(level));
        }
        return bit < 12
                ? "which is reserved in an entry that maps no page"
                : "below the address of a large page";
    }
}
