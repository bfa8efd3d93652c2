package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Intrinsics;
import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Block;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.explain.WalkStep;
import org.nestwalk.paging.Outcome;

/// An explained walk as a page shows it: all steps in one order, each with its place in the grid,
/// the address that it translates, and its entry bit by bit. Maps, lists, texts, numbers of the
/// type [Long] and truth values only, since the page's engine makes JSON of them without
/// reflection.
///
/// ```text
///  head      lines: what is asked            facts   rows of the outcome, in words
///  outcome   OK or a name of Outcome         fault   meaning, to, why, code, bits; or null
///  address   the linear address: text, canonical, parts (name, high, low, value, row)
///  columns   second-level levels: level, name
///  rows      guest levels and 0: level, name, address (guest-physical, or null), entry (its name)
///  steps     kind, row, column (0 for guest entries), and what the kind has
///  totals    as in the JSON of the command
/// ```
public final class WalkView {
    private static final int DATA = 0;
    private static final int OFFSET_BITS = 12;

    private final WalkExplanation walk;
    private final WalkQuestion question;
    private final WalkMode mode;
    private final WalkListing listing;

    private WalkView(WalkExplanation walk) {
        this.walk = walk;
        question = walk.question();
        mode = question.mode();
        listing = WalkListing.of(walk);
    }

    /// The view of `walk`.
    public static Map<String, Object> of(WalkExplanation walk) {
        return new WalkView(walk).view();
    }

    private Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        Document document = WalkText.of(walk);
        view.put("head", head(document));
        view.put("facts", facts(document));
        view.put("outcome", listing.outcome());
        view.put("fault", fault());
        view.put("address", address());
        view.put("columns", columns());
        view.put("rows", rows());
        view.put("steps", walk.steps().stream().map(this::step).toList());
        view.put("changed", listing.changed().stream().map(ChangeListing::change).toList());
        view.put("totals", totals());
        return view;
    }

    private static List<String> head(Document document) {
        return document.blocks().getFirst() instanceof Block.Lines lines
                ? lines.texts()
                : List.of();
    }

    private static List<List<String>> facts(Document document) {
        List<List<String>> facts = new ArrayList<>();
        if (document.blocks().getLast() instanceof Block.Tabular tabular) {
            Table table = tabular.table();
            for (List<Cell> row : table.rows()) {
                facts.add(row.stream().map(Cell::text).toList());
            }
        }
        return facts;
    }

    private @Nullable Map<String, Object> fault() {
        Fault fault = listing.fault();
        if (fault == null) {
            return null;
        }
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("meaning", fault.meaning());
        view.put("to", fault.to());
        view.put("why", fault.why());
        view.put("code", fault.code());
        view.put("bits", fault.bits());
        view.put("linear", fault.linear());
        view.put("gpa", fault.gpa());
        return view;
    }

    private Map<String, Object> address() {
        long gva = question.gva();
        int levels = question.guestLevels();
        int lowest = lowestGuestLevel();
        List<Map<String, Object>> parts = new ArrayList<>();
        parts.add(part("sign", 63, PageSize.shiftOfLevel(levels + 1), null));
        for (int level = levels; level >= lowest; level--) {
            parts.add(indexOf(level, EntryNames.ofLevel(level)));
        }
        parts.add(part("offset", PageSize.shiftOfLevel(lowest) - 1, 0, (long) DATA));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("text", Hex.of(gva));
        view.put("canonical", LinearAddress.isCanonical(gva, levels));
        view.put("parts", parts);
        return view;
    }

    /// The level of the leaf that the walk found, or of the page that was asked for.
    private int lowestGuestLevel() {
        return walk.result().outcome() == Outcome.OK
                ? walk.result().guestPageSize().level()
                : question.guestSize().level();
    }

    private Map<String, Object> indexOf(int level, String name) {
        int low = PageSize.shiftOfLevel(level);
        Map<String, Object> part = part(name, low + 8, low, (long) level);
        part.put("value", (long) LinearAddress.index(question.gva(), level));
        return part;
    }

    private Map<String, Object> part(String name, int high, int low, @Nullable Long row) {
        int unused = Long.SIZE - 1 - high;
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("name", name);
        part.put("high", (long) high);
        part.put("low", (long) low);
        part.put("value", question.gva() << unused >>> unused >>> low);
        part.put("row", row);
        return part;
    }

    private List<Map<String, Object>> columns() {
        TreeSet<Integer> levels = new TreeSet<>();
        for (TableEntry entry : entries()) {
            if (!entry.isGuest()) {
                levels.add(entry.level());
            }
        }
        List<Map<String, Object>> columns = new ArrayList<>();
        for (int level : levels.descendingSet()) {
            Map<String, Object> column = new LinkedHashMap<>();
            column.put("level", (long) level);
            column.put(
                    "name",
                    mode == WalkMode.FLAT
                            ? "flat entry"
                            : EntryNames.second(mode) + " " + EntryNames.ofLevel(level));
            columns.add(column);
        }
        return columns;
    }

    private List<Map<String, Object>> rows() {
        TreeSet<Integer> levels = new TreeSet<>();
        for (TableEntry entry : entries()) {
            levels.add(entry.forLevel());
        }
        levels.add(DATA);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int level : levels.descendingSet()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("level", (long) level);
            row.put(
                    "name",
                    level == DATA
                            ? "data page"
                            : EntryNames.guest(mode) + " " + EntryNames.ofLevel(level));
            row.put("address", addressOf(level));
            rows.add(row);
        }
        return rows;
    }

    private List<TableEntry> entries() {
        List<TableEntry> entries = new ArrayList<>();
        for (WalkStep step : walk.steps()) {
            switch (step) {
                case WalkStep.Reference reference -> entries.add(reference.entry());
                case WalkStep.Skipped skipped -> entries.add(skipped.entry());
                case WalkStep.FlagUpdate _, WalkStep.Lookup _ -> {}
            }
        }
        return entries;
    }

    /// The guest-physical address that the second-level walk of a row translates: that of the guest
    /// entry which was read there, or that at which the walk ended.
    private @Nullable String addressOf(int row) {
        if (!mode.hasSecondLevel()) {
            return null;
        }
        List<TableEntry> entries = entries();
        for (TableEntry entry : entries) {
            if (entry.isGuest() && entry.level() == row && entry.gpa() != TableEntry.NO_GPA) {
                return Hex.of(entry.gpa());
            }
        }
        boolean last = !entries.isEmpty() && entries.getLast().forLevel() == row;
        long gpa = walk.result().guestPhysicalAddress();
        return last && (listing.gpa() != null || gpa != 0) ? Hex.of(gpa) : null;
    }

    private Map<String, Object> step(WalkStep step) {
        Map<String, Object> view = new LinkedHashMap<>();
        switch (step) {
            case WalkStep.Reference reference -> {
                view.put("kind", "reference");
                view.put("number", (long) reference.number());
                entry(view, reference.entry());
                cost(view, reference.cycles(), reference.total());
                view.put("from", reference.servedBy());
            }
            case WalkStep.Skipped skipped -> {
                view.put("kind", "skipped");
                entry(view, skipped.entry());
                view.put("from", EntryNames.cache(skipped.by(), mode));
            }
            case WalkStep.FlagUpdate update -> {
                view.put("kind", "update");
                entry(view, update.entry());
                view.put("before", Hex.of(update.before()));
                cost(view, update.cycles(), update.total());
            }
            case WalkStep.Lookup lookup -> {
                LookupListing listed = LookupListing.of(lookup, mode);
                view.put("kind", "lookup");
                view.put("row", lookup.forLevel() < 0 ? null : (long) lookup.forLevel());
                view.put("name", listed.cache());
                view.put("purpose", listed.purpose());
                view.put("from", listed.found());
                cost(view, lookup.cycles(), lookup.total());
            }
        }
        return view;
    }

    private void entry(Map<String, Object> view, TableEntry entry) {
        boolean guest = entry.isGuest();
        view.put("row", (long) entry.forLevel());
        view.put("column", guest ? 0L : (long) entry.level());
        view.put("place", entry.place().text());
        view.put("name", EntryNames.of(entry, mode));
        view.put("purpose", EntryNames.purpose(entry));
        view.put("hpa", Hex.of(entry.hpa()));
        view.put("gpa", entry.gpa() == TableEntry.NO_GPA ? null : Hex.of(entry.gpa()));
        view.put("value", Hex.of(entry.value()));
        view.put("grants", EntryGrants.of(entry, mode));
        view.put("leaf", entry.isLeaf());
        view.put("translates", guest ? Hex.of(question.gva()) : addressOf(entry.forLevel()));
        view.put("selects", selects(entry));
        view.put("bits", EntryBits.of(entry, question));
    }

    /// Which bits of the address that is translated choose this entry of its table.
    private String selects(TableEntry entry) {
        boolean guest = entry.isGuest();
        String address = guest ? Hex.of(question.gva()) : addressOf(entry.forLevel());
        if (address == null) {
            return "";
        }
        if (!guest && mode == WalkMode.FLAT) {
            return "bits 51:%d".formatted(OFFSET_BITS);
        }
        int low = PageSize.shiftOfLevel(entry.level());
        long value = Intrinsics.parseUnsigned(address.substring(2), 16);
        return "bits %d:%d: entry %d of 512"
                .formatted(low + 8, low, LinearAddress.index(value, entry.level()));
    }

    private static void cost(Map<String, Object> view, int cycles, long total) {
        view.put("cycles", (long) cycles);
        view.put("total", total);
    }

    private Map<String, Object> totals() {
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("guestReferences", listing.guestReferences());
        totals.put("secondReferences", listing.secondReferences());
        totals.put("totalReferences", listing.totalReferences());
        totals.put("referenceCycles", listing.referenceCycles());
        totals.put("totalCycles", listing.totalCycles());
        return totals;
    }
}
