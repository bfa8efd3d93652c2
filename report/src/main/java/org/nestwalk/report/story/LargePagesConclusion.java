package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.vm.LargePagesStory.Cell;

/// What a run of [org.nestwalk.lab.vm.LargePagesStory] shows, and what it does not.
final class LargePagesConclusion {
    // Less than this is called no saving.
    private static final double SAVING = 0.01;

    private final List<Cell> cells;
    private final Conclusion conclusion = new Conclusion();

    private LargePagesConclusion(List<Cell> cells) {
        this.cells = cells;
    }

    static Conclusion of(List<Cell> cells) {
        LargePagesConclusion made = new LargePagesConclusion(cells);
        made.savings();
        made.reach();
        made.splinters();
        return made.conclusion;
    }

    private Cell cell(String guest, String host) {
        return cells.stream()
                .filter(cell -> cell.guest().equals(guest) && cell.host().equals(host))
                .findFirst()
                .orElseThrow();
    }

    /// The part of all cycles with small pages that is saved.
    private double saved(String guest, String host) {
        return 1 - (double) cell(guest, host).cycles() / cell("4K", "4K").cycles();
    }

    private double translation(String guest, String host) {
        return cell(guest, host).translationCycles();
    }

    private void savings() {
        double host = saved("4K", "2M");
        double guest = saved("2M", "4K");
        double both = saved("2M", "2M");
        double apart = saved("2M", "misaligned");
        if (Math.max(Math.max(host, guest), Math.max(both, apart)) < SAVING) {
            conclusion.say(
                    "Large pages save less than %s of this program's cycles, whichever side has"
                            + " them: %,d walks in all with small ones.",
                    Figures.percent(SAVING), cell("4K", "4K").walks());
            return;
        }
        conclusion.say(
                "2M pages on both sides %s of the cycles; on the host's side alone they %s, on the"
                        + " guest's alone they %s, and on both but out of step they %s: %s.",
                saves(both),
                saves(host),
                saves(guest),
                saves(apart),
                both - Math.max(host, Math.max(guest, apart)) < SAVING
                        ? "both sides in step gain nothing over the best of the others"
                        : Math.max(host, guest) < SAVING
                                ? "they pay only where both sides have them"
                                : "one side's pay, and both in step pay most");
        conclusion.say(
                "Of that, translation is %.2f cycles an access with small pages, %.2f and %.2f with"
                        + " large ones on the host's or the guest's side, %.2f on both.",
                translation("4K", "4K"),
                translation("4K", "2M"),
                translation("2M", "4K"),
                translation("2M", "2M"));
    }

    private static String saves(double part) {
        return part <= -SAVING
                ? "cost " + Figures.percent(-part) + " more"
                : "save " + Figures.percent(Math.max(0, part));
    }

    private void reach() {
        Cell both = cell("2M", "2M");
        long others =
                cells.stream()
                        .filter(cell -> !cell.equals(both))
                        .mapToLong(Cell::reachBytes)
                        .max()
                        .orElse(0);
        if (both.reachBytes() > others) {
            conclusion.say(
                    "Only in step do they extend the TLB's reach, from %s to %s.",
                    Figures.bytes(others), Figures.bytes(both.reachBytes()));
        } else {
            conclusion.say(
                    "In step they do not extend the TLB's reach here (%s, others up to %s).",
                    Figures.bytes(both.reachBytes()), Figures.bytes(others));
        }
    }

    private void splinters() {
        Cell small = cell("2M", "4K");
        Cell apart = cell("2M", "misaligned");
        if (small.splinteredFills() + apart.splinteredFills() == 0) {
            conclusion.say("No large page was splintered.");
        } else {
            conclusion.say(
                    "Out of step they are splintered: %,d fills of 4K over small pages of the host,"
                            + " %,d over misaligned ones.",
                    small.splinteredFills(), apart.splinteredFills());
        }
    }
}
