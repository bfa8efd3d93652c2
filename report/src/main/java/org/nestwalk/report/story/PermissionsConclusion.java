package org.nestwalk.report.story;

import java.util.List;
import java.util.function.Predicate;
import org.nestwalk.document.Conclusion;
import org.nestwalk.lab.vm.PermissionMatrix.Cell;
import org.nestwalk.lab.vm.PermissionMatrix.Outcome;

/// What a run of [org.nestwalk.lab.vm.PermissionMatrix] shows.
final class PermissionsConclusion {
    private final List<Cell> cells;

    private PermissionsConclusion(List<Cell> cells) {
        this.cells = cells;
    }

    static Conclusion of(List<Cell> cells) {
        return new PermissionsConclusion(cells).told();
    }

    private Conclusion told() {
        List<Cell> both = cells.stream().filter(c -> guestRefuses(c) && hostRefuses(c)).toList();
        List<Cell> one = cells.stream().filter(c -> guestRefuses(c) != hostRefuses(c)).toList();
        List<Cell> none = cells.stream().filter(c -> !guestRefuses(c) && !hostRefuses(c)).toList();
        Conclusion conclusion = new Conclusion();
        long stopped = count(one, cell -> cell.outcome() != Outcome.ALLOWED);
        long allowed = count(none, cell -> cell.outcome() == Outcome.ALLOWED);
        if (stopped == one.size() && allowed == none.size()) {
            conclusion.say(
                    "An access needs both: each of the %,d that one side refuses is stopped, and"
                            + " each of the %,d that none does is made.",
                    stopped, allowed);
        } else {
            conclusion.say(
                    "Not every access needs both: %,d of the %,d that one side refuses are stopped,"
                            + " and %,d of the %,d that none does are made.",
                    stopped, one.size(), allowed, none.size());
        }
        long guests = count(both, cell -> cell.outcome() == Outcome.GUEST);
        if (guests == both.size()) {
            conclusion.say(
                    "Where both refuse (%,d), the guest's kernel hears of it: its permissions are"
                            + " judged before the page's own guest-physical address is translated"
                            + " (Intel SDM volume 3C, section 28.2.3.3).",
                    both.size());
        } else {
            conclusion.say(
                    "Where both refuse (%,d), the guest's kernel hears of %,d, which is not as"
                            + " Intel SDM volume 3C, section 28.2.3.3, has it.",
                    both.size(), guests);
        }
        return conclusion;
    }

    private static long count(List<Cell> some, Predicate<Cell> what) {
        return some.stream().filter(what).count();
    }

    /// Whether the guest's kernel stops the access under some rights of the host.
    private boolean guestRefuses(Cell cell) {
        return cells.stream()
                .anyMatch(other ->
                        other.guest().equals(cell.guest())
                                && isSameAccess(other, cell)
                                && other.outcome() == Outcome.GUEST);
    }

    /// Whether the hypervisor stops it under some rights of the guest.
    private boolean hostRefuses(Cell cell) {
        return cells.stream()
                .anyMatch(other ->
                        other.host() == cell.host()
                                && isSameAccess(other, cell)
                                && other.outcome() == Outcome.HYPERVISOR);
    }

    private static boolean isSameAccess(Cell one, Cell other) {
        return one.access() == other.access() && one.user() == other.user();
    }
}
