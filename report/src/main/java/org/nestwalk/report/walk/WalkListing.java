package org.nestwalk.report.walk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;

/// An explained walk as programs read it; the components are the fields of its JSON form. Those
/// from `permissions` to `memoryType` are there only after a walk that succeeded, `fault` only
/// after one that did not. Addresses are hexadecimal with 0x.
///
/// @param gva the linear address
/// @param mode `native`, `ept`, `npt`, `shadow` or `flat`
/// @param op `read`, `write` or `fetch`
/// @param by `user`, `supervisor` or `implicit` (a supervisor-mode access that the processor makes
///   by itself)
/// @param machine whose caches and latencies
/// @param guestLevels levels of the guest's (or the only) table
/// @param hostLevels levels of the second-level tree, if there is one
/// @param settings what was set of the processor's state, as `NAME=VALUE`
/// @param changed entries that were changed before the walk
/// @param warm whether walk caches were in use and filled
/// @param references entries read, in order
/// @param skipped entries that a cache made it unnecessary to read
/// @param flagUpdates accessed and dirty flags set, in order
/// @param lookups look-ups of walk caches, in order
/// @param outcome a name of [Outcome]
/// @param fault why the walk failed
/// @param permissions what the translation allows
/// @param gpa guest-physical address of the access, if there is a second level
/// @param hpa host-physical address of the access
/// @param guestPageSize `4K`, `2M` or `1G`
/// @param hostPageSize the same, if there is a second level
/// @param effectivePageSize the smaller of both: what a TLB entry may cover
/// @param memoryType effective memory type: `WB` and so on
/// @param guestReferences references to the guest's (or the only) table
/// @param secondReferences references to the second-level table
/// @param totalReferences all references
/// @param referenceCycles cycles of the references alone
/// @param totalCycles with look-ups and flag updates
public record WalkListing(
        String gva,
        String mode,
        String op,
        String by,
        String machine,
        int guestLevels,
        @Nullable Integer hostLevels,
        List<String> settings,
        List<ChangeListing> changed,
        boolean warm,
        List<StepListing> references,
        List<StepListing> skipped,
        List<StepListing> flagUpdates,
        List<LookupListing> lookups,
        String outcome,
        @Nullable Fault fault,
        @Nullable PermissionListing permissions,
        @Nullable String gpa,
        @Nullable String hpa,
        @Nullable String guestPageSize,
        @Nullable String hostPageSize,
        @Nullable String effectivePageSize,
        @Nullable String memoryType,
        long guestReferences,
        long secondReferences,
        long totalReferences,
        long referenceCycles,
        long totalCycles) {

    /// The JSON form of `walk`.
    public static WalkListing of(WalkExplanation walk) {
        WalkQuestion question = walk.question();
        WalkResult result = walk.result();
        WalkMode mode = question.mode();
        boolean ok = result.outcome() == Outcome.OK;
        boolean second = mode.hasSecondLevel();
        return new WalkListing(
                Hex.of(question.gva()),
                mode.label(),
                WalkText.operation(question.access()),
                WalkText.privilege(question.access()),
                question.machine().name(),
                question.guestLevels(),
                mode.hasSecondLevelTree() ? question.hostLevels() : null,
                question.settings(),
                walk.changed().stream().map(entry -> ChangeListing.of(entry, mode)).toList(),
                question.warm(),
                walk.references().stream().map(step -> StepListing.of(step, mode)).toList(),
                walk.skipped().stream().map(step -> StepListing.of(step, mode)).toList(),
                walk.flagUpdates().stream().map(step -> StepListing.of(step, mode)).toList(),
                walk.lookups().stream().map(step -> LookupListing.of(step, mode)).toList(),
                result.outcome().name(),
                Fault.of(walk),
                ok ? PermissionListing.of(result, second) : null,
                ok && second ? Hex.of(result.guestPhysicalAddress()) : null,
                ok ? Hex.of(result.hostPhysicalAddress()) : null,
                ok ? result.guestPageSize().label() : null,
                ok && second ? result.secondPageSize().label() : null,
                ok ? PageSize.ofLevel(result.effectiveLevel()).label() : null,
                ok ? MemoryType.name(result.memoryType()) : null,
                walk.references(WalkVisitor.GUEST),
                walk.references(WalkVisitor.SECOND),
                walk.references().size(),
                walk.references().stream().mapToLong(step -> step.cycles()).sum(),
                walk.totalCycles());
    }
}
