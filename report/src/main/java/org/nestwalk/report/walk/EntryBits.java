package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.explain.EntryChange;
import org.nestwalk.lab.explain.EntryFields;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;

/// An entry field by field: what each is called, what it holds, what it means, and the change that
/// turns it over.
final class EntryBits {
    private static final Map<String, String> PAGING =
            Map.ofEntries(
                    Map.entry("P", "present: without it no other bit counts"),
                    Map.entry("W", "writes are allowed below"),
                    Map.entry("U", "user mode has access below"),
                    Map.entry("PWT", "bit 0 of the PAT index: the memory type"),
                    Map.entry("PCD", "bit 1 of the PAT index: the memory type"),
                    Map.entry("A", "accessed: a walk has used the entry"),
                    Map.entry("D", "dirty: the page was written; in leaf entries"),
                    Map.entry("PS", "maps a page at levels 2 and 3; part of PAT at level 1"),
                    Map.entry("G", "global: kept when CR3 changes; in leaf entries"),
                    Map.entry("PK", "protection key; in leaf entries"),
                    Map.entry("NX", "no instruction fetches below"),
                    Map.entry("ADDR", "address of the next table, or of the page"));
    private static final Map<String, String> EPT =
            Map.ofEntries(
                    Map.entry("R", "reads are allowed below"),
                    Map.entry("W", "writes are allowed below; not without R"),
                    Map.entry("X", "fetches are allowed below"),
                    Map.entry("MT", "memory type; in leaf entries"),
                    Map.entry("IPAT", "the guest's PAT is ignored; in leaf entries"),
                    Map.entry("PS", "maps a page at levels 2 and 3"),
                    Map.entry("A", "accessed, if EPT's flags are on"),
                    Map.entry("D", "dirty, if EPT's flags are on; in leaf entries"),
                    Map.entry("XU", "user-mode fetches, with mode-based execute control"),
                    Map.entry("ADDR", "address of the next table, or of the page"));

    private EntryBits() {}

    /// The fields of `entry`, a map each: `name`, `high` and `low` bit, `value` in hexadecimal,
    /// `meaning`, and `change`, which turns a single bit over, or null.
    static List<Map<String, Object>> of(TableEntry entry, WalkQuestion question) {
        WalkMode mode = question.mode();
        boolean ept = !entry.isGuest() && mode != WalkMode.NPT;
        boolean changes = entry.isGuest() || mode.hasSecondLevelTree();
        List<Map<String, Object>> bits = new ArrayList<>();
        EntryFields.of(ept)
                .forEach((name, mask) -> {
                    int low = Long.numberOfTrailingZeros(mask);
                    int high = Long.SIZE - 1 - Long.numberOfLeadingZeros(mask);
                    long value = (entry.value() & mask) >>> (name.equals("ADDR") ? 0 : low);
                    String turned = entry.place().text() + "." + name + "=" + (1 - (value & 1));
                    Map<String, Object> bit = new LinkedHashMap<>();
                    bit.put("name", name);
                    bit.put("high", (long) high);
                    bit.put("low", (long) low);
                    bit.put("value", Hex.of(value));
                    bit.put("meaning", (ept ? EPT : PAGING).get(name));
                    bit.put("change", changes && high == low ? turned : null);
                    bits.add(bit);
                });
        long reserved = changes ? EntryChange.reservedBits(entry, question) : 0;
        if (reserved != 0) {
            long lowest = Long.numberOfTrailingZeros(reserved);
            Map<String, Object> bit = new LinkedHashMap<>();
            bit.put("name", "RSVD");
            bit.put("high", lowest);
            bit.put("low", lowest);
            bit.put("value", Hex.of(entry.value() >>> lowest & 1));
            bit.put("meaning", "the lowest bit that is reserved here");
            bit.put("change", entry.place().text() + ".RSVD=1");
            bits.add(bit);
        }
        return bits;
    }
}
