package org.nestwalk.lab.explain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;

/// The fields of paging-structure entries by the names that users write, as masks: those of x86
/// paging, which AMD's nested tables have too, and those of EPT. Whatever the format, `ADDR` is the
/// address in bits 51:12, and `bit0` to `bit63` are single bits.
public final class EntryFields {
    private static final Map<String, Long> PAGING = new LinkedHashMap<>();
    private static final Map<String, Long> EPT = new LinkedHashMap<>();

    static {
        PAGING.put("P", PagingEntry.PRESENT);
        PAGING.put("W", PagingEntry.WRITE);
        PAGING.put("U", PagingEntry.USER);
        PAGING.put("PWT", PagingEntry.WRITE_THROUGH);
        PAGING.put("PCD", PagingEntry.CACHE_DISABLE);
        PAGING.put("A", PagingEntry.ACCESSED);
        PAGING.put("D", PagingEntry.DIRTY);
        PAGING.put("PS", PagingEntry.LARGE);
        PAGING.put("G", PagingEntry.GLOBAL);
        PAGING.put("PK", 15L << 59);
        PAGING.put("NX", PagingEntry.NO_EXECUTE);
        PAGING.put("ADDR", PagingEntry.ADDRESS);

        EPT.put("R", EptEntry.READ);
        EPT.put("W", EptEntry.WRITE);
        EPT.put("X", EptEntry.EXECUTE);
        EPT.put("MT", EptEntry.ofMemoryType(7));
        EPT.put("IPAT", EptEntry.IGNORE_PAT);
        EPT.put("PS", EptEntry.LARGE);
        EPT.put("A", EptEntry.ACCESSED);
        EPT.put("D", EptEntry.DIRTY);
        EPT.put("XU", EptEntry.USER_EXECUTE);
        EPT.put("ADDR", EptEntry.ADDRESS);
    }

    private EntryFields() {}

    /// The fields that have names, as masks by these: of EPT's format or of x86 paging.
    public static Map<String, Long> of(boolean ept) {
        return Collections.unmodifiableMap(ept ? EPT : PAGING);
    }

    /// The bits of field `name`, or null if there is no such field.
    static @Nullable Long mask(String name, boolean ept) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.matches("BIT\\d{1,2}")) {
            int bit = Integer.parseInt(upper.substring(3));
            return bit < Long.SIZE ? 1L << bit : null;
        }
        return (ept ? EPT : PAGING).get(upper);
    }

    /// The names, for messages.
    static String names(boolean ept) {
        return String.join(", ", (ept ? EPT : PAGING).keySet()) + ", RSVD and bit0 to bit63";
    }
}
