package org.nestwalk.report.walk;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.explain.WalkStep;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.report.TextTable;

/// An explained walk as people read it.
public final class WalkText {
    private final WalkExplanation walk;
    private final WalkMode mode;
    private final WalkListing listing;
    private final StringBuilder text = new StringBuilder();

    private WalkText(WalkExplanation walk) {
        this.walk = walk;
        this.mode = walk.question().mode();
        this.listing = WalkListing.of(walk);
    }

    /// Head line, picture, steps, and what came of it.
    public static String of(WalkExplanation walk) {
        WalkText text = new WalkText(walk);
        text.head();
        if (!walk.references().isEmpty() || !walk.skipped().isEmpty()) {
            text.text.append('\n').append(WalkGrid.text(walk));
            text.steps();
        }
        text.outcome();
        text.totals();
        return text.text.toString();
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
        line(
                "%s of %s %s, %s on %s",
                operation(question.access()),
                listing.gva(),
                by.equals("implicit")
                        ? "by the processor itself in supervisor mode"
                        : "in " + by + " mode",
                mode.label(),
                question.machine().name());
        String table = "%s table: %d levels, pages of %s";
        line(table, EntryNames.guest(mode), question.guestLevels(), question.guestSize().label());
        if (mode.hasSecondLevelTree()) {
            line(
                    table,
                    EntryNames.second(mode),
                    question.hostLevels(),
                    question.hostSize().label());
        }
        if (!listing.settings().isEmpty()) {
            line("set: %s", String.join(", ", listing.settings()));
        }
        for (ChangeListing change : listing.changed()) {
            line(
                    "changed: %s: %s at %s, %s -> %s",
                    change.change(), change.name(), change.hpa(), change.before(), change.entry());
        }
        line(
                question.warm()
                        ? "warm: a walk of the same address has filled the caches; the TLBs are"
                                + " empty"
                        : "cold: no paging-structure caches, no nested TLB, empty data caches");
    }

    private void steps() {
        TextTable table =
                new TextTable()
                        .row(
                                "#",
                                "entry",
                                "for",
                                "host-physical",
                                "guest-physical",
                                "value",
                                "grants",
                                "cycles",
                                "from",
                                "total");
        for (WalkStep step : walk.steps()) {
            switch (step) {
                case WalkStep.Reference reference ->
                        entry(
                                table,
                                "%3d".formatted(reference.number()),
                                reference.entry(),
                                "%6d".formatted(reference.cycles()),
                                reference.servedBy(),
                                "%5d".formatted(reference.total()));
                case WalkStep.Skipped skipped ->
                        entry(
                                table,
                                " --",
                                skipped.entry(),
                                "",
                                "skipped: " + EntryNames.cache(skipped.by(), mode),
                                "");
                case WalkStep.FlagUpdate update ->
                        entry(
                                table,
                                "set",
                                update.entry(),
                                "%6d".formatted(update.cycles()),
                                "set " + flags(update),
                                "%5d".formatted(update.total()));
                case WalkStep.Lookup lookup -> {
                    LookupListing listed = LookupListing.of(lookup, mode);
                    table.row(
                            "  ?",
                            listed.cache(),
                            listed.purpose(),
                            "",
                            "",
                            "",
                            "",
                            "%6d".formatted(listed.latency()),
                            listed.found(),
                            "%5d".formatted(listed.total()));
                }
            }
        }
        text.append('\n').append(table.text(""));
    }

    private void entry(
            TextTable table,
            String number,
            TableEntry entry,
            String cycles,
            String from,
            String total) {
        table.row(
                number,
                EntryNames.of(entry, mode),
                EntryNames.purpose(entry),
                Hex.of(entry.hpa()),
                entry.gpa() == TableEntry.NO_GPA ? "" : Hex.of(entry.gpa()),
                Hex.of(entry.value()),
                EntryGrants.of(entry, mode),
                cycles,
                from,
                total);
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

    private void outcome() {
        text.append('\n');
        Fault fault = listing.fault();
        if (fault != null) {
            line("outcome      %s", fault.meaning());
            field("told         ", fault.to());
            fault.why().forEach(reason -> field("because      ", reason));
            if (fault.linear() != null) {
                boolean pageFault = walk.result().outcome() == Outcome.PAGE_FAULT;
                line("%s%s", pageFault ? "CR2          " : "gva          ", fault.linear());
            }
            if (fault.gpa() != null) {
                boolean amd = walk.result().outcome() == Outcome.NESTED_PAGE_FAULT;
                line("%s%s", amd ? "EXITINFO2    " : "gpa          ", fault.gpa());
            }
            if (fault.code() != null) {
                line("%s%s", codeName(), fault.code());
                fault.bits().forEach(bit -> line("             %s", bit));
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
            line("permission   %s%s", permissions.effective(), parts);
        }
        if (listing.gpa() == null) {
            line("address      gva %s -> hpa %s", listing.gva(), listing.hpa());
            line("page size    %s", listing.guestPageSize());
        } else {
            line(
                    "address      gva %s -> gpa %s -> hpa %s",
                    listing.gva(), listing.gpa(), listing.hpa());
            line(
                    "page size    guest %s, host %s: effectively %s",
                    listing.guestPageSize(), listing.hostPageSize(), listing.effectivePageSize());
        }
        line("memory type  %s", listing.memoryType());
    }

    private String codeName() {
        return switch (walk.result().outcome()) {
            case PAGE_FAULT -> "error code   ";
            case NESTED_PAGE_FAULT -> "EXITINFO1    ";
            default -> "exit qual.   ";
        };
    }

    /// A line that goes on under itself, so that it fits 80 columns.
    private void field(String name, String value) {
        StringBuilder line = new StringBuilder(name);
        for (String word : value.split(" ", -1)) {
            if (line.length() + word.length() > 79 && !line.toString().isBlank()) {
                text.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.repeat(' ', name.length());
            }
            line.append(word).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private void totals() {
        String parts =
                mode.hasSecondLevel()
                        ? ": %d to the guest's table, %d to the second level"
                                .formatted(listing.guestReferences(), listing.secondReferences())
                        : "";
        String saved =
                listing.skipped().isEmpty()
                        ? ""
                        : "; %d skipped".formatted(listing.skipped().size());
        line("references   %d%s%s", listing.totalReferences(), parts, saved);
        long lookups = walk.lookups().stream().mapToLong(step -> step.cycles()).sum();
        long updates = walk.flagUpdates().stream().mapToLong(step -> step.cycles()).sum();
        line(
                "cycles       %d = %d for references + %d for look-ups + %d for flag updates",
                listing.totalCycles(), listing.referenceCycles(), lookups, updates);
    }

    private void line(String format, @Nullable Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
