package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.explain.WalkStep;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;

/// An explained walk as people read it.
public final class WalkText {
    private final WalkExplanation walk;
    private final WalkMode mode;
    private final WalkListing listing;
    private final Document document = new Document();

    private WalkText(WalkExplanation walk) {
        this.walk = walk;
        this.mode = walk.question().mode();
        this.listing = WalkListing.of(walk);
    }

    /// Head line, picture, steps, and what came of it.
    public static Document of(WalkExplanation walk) {
        WalkText text = new WalkText(walk);
        text.head();
        if (!walk.references().isEmpty() || !walk.skipped().isEmpty()) {
            text.document.grid(WalkGrid.of(walk));
            text.steps();
        }
        Table facts = Table.facts();
        text.outcome(facts);
        text.totals(facts);
        return text.document.table(facts);
    }

    /// The kind of an access of `type`: `read`, `write` or `fetch`.
    static String operation(int type) {
        if ((type & AccessType.FETCH) != 0) {
            return "fetch";
        }
        return (type & AccessType.WRITE) != 0 ? "write" : "read";
    }

    /// Who makes an access of `type`: `user`, `supervisor` or `implicit`.
    static String privilege(int type) {
        if ((type & AccessType.USER) != 0) {
            return "user";
        }
        return (type & AccessType.IMPLICIT) != 0 ? "implicit" : "supervisor";
    }

    private void head() {
        WalkQuestion question = walk.question();
        String by = privilege(question.access());
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s of %s %s, %s on %s"
                        .formatted(
                                operation(question.access()),
                                listing.gva(),
                                by.equals("implicit")
                                        ? "by the processor itself in supervisor mode"
                                        : "in " + by + " mode",
                                mode.label(),
                                question.machine().name()));
        String table = "%s table: %d levels, pages of %s";
        lines.add(
                table.formatted(
                        EntryNames.guest(mode),
                        question.guestLevels(),
                        question.guestSize().label()));
        if (mode.hasSecondLevelTree()) {
            lines.add(
                    table.formatted(
                            EntryNames.second(mode),
                            question.hostLevels(),
                            question.hostSize().label()));
        }
        if (!listing.settings().isEmpty()) {
            lines.add("set: " + String.join(", ", listing.settings()));
        }
        for (ChangeListing change : listing.changed()) {
            lines.add(
                    "changed: %s: %s at %s, %s -> %s"
                            .formatted(
                                    change.change(),
                                    change.name(),
                                    change.hpa(),
                                    change.before(),
                                    change.entry()));
        }
        lines.add(
                question.warm()
                        ? "warm: a walk of the same address has filled the caches; the TLBs are"
                                + " empty"
                        : "cold: no paging-structure caches, no nested TLB, empty data caches");
        document.lines(lines);
    }

    private void steps() {
        Table table =
                new Table(
                        Column.label("#"),
                        Column.label("entry"),
                        Column.text("for"),
                        Column.text("value"),
                        Column.text("grants"),
                        Column.text("host-physical").of("address"),
                        Column.text("guest-physical").of("address"),
                        Column.number("cycles").of("time"),
                        Column.number("total").of("time"),
                        Column.text("from"));
        for (WalkStep step : walk.steps()) {
            switch (step) {
                case WalkStep.Reference reference ->
                        entry(
                                table,
                                Integer.toString(reference.number()),
                                reference.entry(),
                                Long.toString(reference.cycles()),
                                reference.servedBy(),
                                Long.toString(reference.total()));
                case WalkStep.Skipped skipped ->
                        entry(
                                table,
                                "--",
                                skipped.entry(),
                                "",
                                "skipped: " + EntryNames.cache(skipped.by(), mode),
                                "");
                case WalkStep.FlagUpdate update ->
                        entry(
                                table,
                                "set",
                                update.entry(),
                                Long.toString(update.cycles()),
                                "set " + flags(update),
                                Long.toString(update.total()));
                case WalkStep.Lookup lookup -> {
                    LookupListing listed = LookupListing.of(lookup, mode);
                    table.row(
                            "?",
                            listed.cache(),
                            listed.purpose(),
                            "",
                            "",
                            "",
                            "",
                            Long.toString(listed.latency()),
                            Long.toString(listed.total()),
                            listed.found());
                }
            }
        }
        document.table(table);
    }

    private void entry(
            Table table,
            String number,
            TableEntry entry,
            String cycles,
            String from,
            String total) {
        table.row(
                number,
                EntryNames.of(entry, mode),
                EntryNames.purpose(entry),
                Hex.of(entry.value()),
                EntryGrants.of(entry, mode),
                Hex.of(entry.hpa()),
                entry.gpa() == TableEntry.NO_GPA ? "" : Hex.of(entry.gpa()),
                cycles,
                total,
                from);
    }

    private String flags(WalkStep.FlagUpdate update) {
        TableEntry after = update.entry();
        TableEntry before =
                new TableEntry(
                        after.dimension(),
                        after.forLevel(),
                        after.level(),
                        after.hpa(),
                        after.gpa(),
                        update.before());
        List<String> old = List.of(EntryGrants.of(before, mode).split(" "));
        List<String> set =
                List.of(EntryGrants.of(after, mode).split(" ")).stream()
                        .filter(flag -> !old.contains(flag))
                        .toList();
        return String.join(" ", set);
    }

    private void outcome(Table facts) {
        Fault fault = listing.fault();
        if (fault != null) {
            facts.row("outcome", fault.meaning());
            facts.row("told", fault.to());
            fault.why().forEach(reason -> facts.row("because", reason));
            if (fault.linear() != null) {
                boolean pageFault = walk.result().outcome() == Outcome.PAGE_FAULT;
                facts.row(pageFault ? "CR2" : "gva", fault.linear());
            }
            if (fault.gpa() != null) {
                boolean amd = walk.result().outcome() == Outcome.NESTED_PAGE_FAULT;
                facts.row(amd ? "EXITINFO2" : "gpa", fault.gpa());
            }
            if (fault.code() != null) {
                facts.row(codeName(), fault.code());
                fault.bits().forEach(bit -> facts.row("", bit));
            }
            return;
        }
        PermissionListing permissions = listing.permissions();
        if (permissions != null) {
            String parts =
                    permissions.second() == null
                            ? ""
                            : " = guest %s AND %s %s"
                                    .formatted(
                                            permissions.guest(),
                                            EntryNames.second(mode),
                                            permissions.second());
            facts.row("permission", permissions.effective() + parts);
        }
        if (listing.gpa() == null) {
            facts.row("address", "gva %s -> hpa %s".formatted(listing.gva(), listing.hpa()));
            facts.row("page size", String.valueOf(listing.guestPageSize()));
        } else {
            facts.row(
                    "address",
                    "gva %s -> gpa %s -> hpa %s"
                            .formatted(listing.gva(), listing.gpa(), listing.hpa()));
            facts.row(
                    "page size",
                    "guest %s, host %s: effectively %s"
                            .formatted(
                                    listing.guestPageSize(),
                                    listing.hostPageSize(),
                                    listing.effectivePageSize()));
        }
        facts.row("memory type", String.valueOf(listing.memoryType()));
    }

    private String codeName() {
        return switch (walk.result().outcome()) {
            case PAGE_FAULT -> "error code";
            case NESTED_PAGE_FAULT -> "EXITINFO1";
            default -> "exit qual.";
        };
    }

    private void totals(Table facts) {
        String parts =
                mode.hasSecondLevel()
                        ? ": %d to the guest's table, %d to the second level"
                                .formatted(listing.guestReferences(), listing.secondReferences())
                        : "";
        String saved =
                listing.skipped().isEmpty()
                        ? ""
                        : "; %d skipped".formatted(listing.skipped().size());
        facts.row("references", listing.totalReferences() + parts + saved);
        long lookups = walk.lookups().stream().mapToLong(step -> step.cycles()).sum();
        long updates = walk.flagUpdates().stream().mapToLong(step -> step.cycles()).sum();
        facts.row(
                "cycles",
                "%d = %d for references + %d for look-ups + %d for flag updates"
                        .formatted(
                                listing.totalCycles(),
                                listing.referenceCycles(),
                                lookups,
                                updates));
    }
}
