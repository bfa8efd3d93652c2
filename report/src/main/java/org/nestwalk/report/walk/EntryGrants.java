package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkMode;

/// The flags of an entry that are set, by their names in [PagingEntry] and [EptEntry].
final class EntryGrants {
    private EntryGrants() {}

    /// The flags of `entry` in its own format, for example `P W U A D` or `R W X A PS WB`.
    static String of(TableEntry entry, WalkMode mode) {
        List<String> flags =
                entry.isGuest() || mode == WalkMode.NPT
                        ? paging(entry.value(), entry.level())
                        : ept(entry.value(), entry.level());
        return flags.isEmpty() ? "not present" : String.join(" ", flags);
    }

    private static List<String> paging(long value, int level) {
        List<String> flags = new ArrayList<>();
        if (!PagingEntry.isPresent(value)) {
            return flags;
        }
        boolean leaf = PagingEntry.isLeaf(value, level);
        flags.add("P");
        add(flags, value, PagingEntry.WRITE, "W");
        add(flags, value, PagingEntry.USER, "U");
        add(flags, value, PagingEntry.NO_EXECUTE, "NX");
        add(flags, value, PagingEntry.ACCESSED, "A");
        if (leaf) {
            add(flags, value, PagingEntry.DIRTY, "D");
            add(flags, value, level > 1 ? PagingEntry.LARGE : 0, "PS");
            add(flags, value, PagingEntry.GLOBAL, "G");
        }
        return flags;
    }

    private static List<String> ept(long value, int level) {
        List<String> flags = new ArrayList<>();
        add(flags, value, EptEntry.READ, "R");
        add(flags, value, EptEntry.WRITE, "W");
        add(flags, value, EptEntry.EXECUTE, "X");
        add(flags, value, EptEntry.USER_EXECUTE, "XU");
        if (flags.isEmpty()) {
            return flags;
        }
        add(flags, value, EptEntry.ACCESSED, "A");
        if (EptEntry.isLeaf(value, level)) {
            add(flags, value, EptEntry.DIRTY, "D");
            add(flags, value, level > 1 ? EptEntry.LARGE : 0, "PS");
            add(flags, value, EptEntry.IGNORE_PAT, "IPAT");
            flags.add(MemoryType.name(EptEntry.memoryType(value)));
        }
        return flags;
    }

    private static void add(List<String> flags, long value, long bit, String name) {
        if ((value & bit) != 0) {
            flags.add(name);
        }
    }
}
