package org.nestwalk.report.walk;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkStep;

/// A step that concerns one entry; the components are the fields of its JSON form, those that do
/// not apply are left out. Addresses and entries are hexadecimal.
///
/// @param number of a reference, from 1
/// @param dimension `guest` or `second`
/// @param level level of the table, 5 to 1
/// @param name the entry's name, such as `PTE`; of a second-level one with its table, `EPT PTE`
/// @param purpose what is being translated: `linear address`, `guest PTE`, `data page`, ...
/// @param hpa host-physical address of the entry
/// @param gpa guest-physical address of a guest entry
/// @param before the entry before a flag update
/// @param entry the entry; after a flag update
/// @param grants its flags
/// @param skippedBy the cache that made the reference unnecessary
/// @param latency cycles
/// @param servedBy cache or memory that served the reference
/// @param total cycles of the walk so far
public record StepListing(
        @Nullable Integer number,
        String dimension,
        int level,
        String name,
        @JsonProperty("for") String purpose,
        String hpa,
        @Nullable String gpa,
        @Nullable String before,
        String entry,
        String grants,
        @Nullable String skippedBy,
        @Nullable Integer latency,
        @Nullable String servedBy,
        @Nullable Long total) {

    static StepListing of(WalkStep.Reference step, WalkMode mode) {
        return of(
                step.entry(),
                mode,
                step.number(),
                null,
                null,
                step.cycles(),
                step.servedBy(),
                step.total());
    }

    static StepListing of(WalkStep.Skipped step, WalkMode mode) {
        String cache = EntryNames.cache(step.by(), mode);
        return of(step.entry(), mode, null, null, cache, null, null, null);
    }

    static StepListing of(WalkStep.FlagUpdate step, WalkMode mode) {
        String before = Hex.of(step.before());
        return of(step.entry(), mode, null, before, null, step.cycles(), null, step.total());
    }

    private static StepListing of(
            TableEntry entry,
            WalkMode mode,
            @Nullable Integer number,
            @Nullable String before,
            @Nullable String skippedBy,
            @Nullable Integer latency,
            @Nullable String servedBy,
            @Nullable Long total) {
        return new StepListing(
                number,
                entry.isGuest() ? "guest" : "second",
                entry.level(),
                entry.isGuest() ? EntryNames.ofLevel(entry.level()) : EntryNames.of(entry, mode),
                EntryNames.purpose(entry),
                Hex.of(entry.hpa()),
                entry.gpa() == TableEntry.NO_GPA ? null : Hex.of(entry.gpa()),
                before,
                Hex.of(entry.value()),
                EntryGrants.of(entry, mode),
                skippedBy,
                latency,
                servedBy,
                total);
    }
}
