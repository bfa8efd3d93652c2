package org.nestwalk.lab.labs.permissions;

import static org.nestwalk.lab.labs.permissions.PermissionsDocument.count;

import java.util.List;
import org.nestwalk.bits.Access;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Cell;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Outcome;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What a run shows, and what it does not. Nothing is said of kinds of accesses that it has none
/// of.
final class PermissionsConclusion {
    private final List<Cell> cells;
    private final String source;
    private final Conclusion conclusion = new Conclusion();

    private PermissionsConclusion(PermissionsResult result) {
        this.cells = result.cells();
        this.source =
                result.secondLevel() == SecondLevelFormat.NPT
                        ? "AMD APM volume 2, section 15.25.6"
                        : "Intel SDM volume 3C, section 28.2.3.3";
    }

    static Conclusion of(PermissionsResult result) {
        PermissionsConclusion made = new PermissionsConclusion(result);
        made.both();
        made.alone();
        made.order();
        made.fetchAlone();
        return made.conclusion;
    }

    private List<Cell> refusedBy(Refusal refusal) {
        return cells.stream().filter(cell -> Refusal.of(cell) == refusal).toList();
    }

    private void both() {
        List<Cell> granted = refusedBy(Refusal.NOBODY);
        List<Cell> refused =
                cells.stream().filter(cell -> Refusal.of(cell) != Refusal.NOBODY).toList();
        if (granted.isEmpty() || refused.isEmpty()) {
            return;
        }
        long wrong = count(refused, Outcome.ALLOWED);
        long made = count(granted, Outcome.ALLOWED);
        conclusion
                .expect(
                        "an-access-needs-both",
                        Condition.alike(
                                "accesses made that a side refuses", (double) wrong, "none", 0, 0),
                        Condition.alike(
                                "accesses made that no side refuses",
                                (double) made,
                                "all of them",
                                granted.size(),
                                0))
                .say(
                        "An access needs both: none of the %2$,d that a side refuses is made, and"
                                + " each of the %4$,d that none does.",
                        "An access does not need just both: %1$,d of the %2$,d that a side refuses"
                                + " are made, and %3$,d of the %4$,d that none does.",
                        wrong,
                        refused.size(),
                        made,
                        granted.size());
    }

    private void alone() {
        List<Cell> guest = refusedBy(Refusal.GUEST);
        List<Cell> host = refusedBy(Refusal.HYPERVISOR);
        if (guest.isEmpty() || host.isEmpty()) {
            return;
        }
        long faults = count(guest, Outcome.GUEST);
        long exits = count(host, Outcome.HYPERVISOR);
        conclusion
                .expect(
                        "who-refuses-hears",
                        Condition.alike(
                                "page faults where only the guest's entry refuses",
                                (double) faults,
                                "all of them",
                                guest.size(),
                                0),
                        Condition.alike(
                                "exits where only the second level refuses",
                                (double) exits,
                                "all of them",
                                host.size(),
                                0))
                .say(
                        "Who refuses alone hears of it: %2$,d page fault{s} and %4$,d exit{s}.",
                        "Who refuses alone does not always hear of it: the guest's kernel of %1$,d"
                                + " of %2$,d, the hypervisor of %3$,d of %4$,d.",
                        faults,
                        guest.size(),
                        exits,
                        host.size());
    }

    /// The guest's own permissions are judged before the access's guest-physical address is
    /// translated.
    private void order() {
        List<Cell> both = refusedBy(Refusal.BOTH);
        if (both.isEmpty()) {
            return;
        }
        long faults = count(both, Outcome.GUEST);
        conclusion
                .expect(
                        "the-guest-hears-first",
                        Condition.alike(
                                "page faults where both refuse",
                                (double) faults,
                                "all of them",
                                both.size(),
                                0))
                .say(
                        "Where both refuse (%2$,d), the guest's kernel hears of it: its permissions"
                                + " are judged before the page's own guest-physical address is"
                                + " translated (%3$s).",
                        "Where both refuse (%2$,d), the guest's kernel hears of %1$,d, which is not"
                                + " as %3$s, has it.",
                        faults,
                        both.size(),
                        source);
    }

    private void fetchAlone() {
        List<Cell> only =
                cells.stream().filter(cell -> cell.host() == SecondLevelMap.EXECUTE).toList();
        long fetches = made(only, true);
        long others = made(only, false);
        conclusion
                .expect(
                        "the-second-level-allows-fetches-alone",
                        Condition.above(
                                "fetches made from pages for them", (double) fetches, "none", 0, 0),
                        Condition.alike(
                                "other accesses made to them", (double) others, "none", 0, 0))
                .say(
                        "The second level can allow fetches alone: of %3$,d access{es} to such"
                                + " pages %1$,d fetch{es} {is|are} made and nothing else.",
                        only.isEmpty()
                                ? "The second level has no pages for fetches alone here: whoever"
                                        + " may fetch may read."
                                : "Of %3$,d access{es} to pages for fetches alone %1$,d fetch{es}"
                                        + " and %2$,d other{s} are made.",
                        fetches,
                        others,
                        only.size());
    }

    private static long made(List<Cell> some, boolean fetches) {
        return count(
                some.stream().filter(cell -> cell.access() == Access.FETCH == fetches).toList(),
                Outcome.ALLOWED);
    }
}
