package org.nestwalk.lab.compare;

import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.percent;
import static org.nestwalk.document.Figures.share;

import org.nestwalk.document.Condition;

/// The part of translation's cycles that memory costs when it is touched for the first time, and no
/// more later: references to lines of tables that no walk has read before, and updates of accessed
/// and dirty flags.
///
/// @param translation all cycles of translation
/// @param flags of these, those of flag updates
/// @param cold of these, those of first references to lines of tables, from memory
/// @param all all cycles, whatever they were spent on
/// @param accesses that were counted
/// @param warmup accesses that ran before and were not
public record FirstTouches(
        long translation, long flags, long cold, long all, long accesses, long warmup) {
    private static final double MOST = 0.5;

    /// Whether they are most of translation, so that it says little about a longer run.
    public boolean dominate() {
        return flags + cold > MOST * translation;
    }

    /// That they do not.
    public Condition lasts() {
        return Condition.below(
                "cycles of translation for first touches",
                (double) (flags + cold),
                "the most of them, half of all cycles of translation",
                MOST * translation,
                0);
    }

    /// What they are; that the run is too short to conclude from, if it is, and what would help.
    ///
    /// @param whose what the translation is called, such as `nested 4K/4K`
    public String text(String whose) {
        if (translation == 0) {
            return "";
        }
        String parts =
                format(
                        "Of %s's cycles of translation, %s wait for lines of tables that no walk"
                                + " has read before, and %s update accessed and dirty flags.",
                        whose, share(cold, translation), share(flags, translation));
        if (!dominate()) {
            return parts;
        }
        double lasting = (double) (translation - flags - cold) / Math.max(1, all - flags - cold);
        return parts
                + format(
                        " That is the price of first touches, which a longer run pays only once:"
                                + " this one is too short to conclude from. Without it, translation"
                                + " would be %s of the cycles; %s.",
                        percent(lasting), remedy());
    }

    private String remedy() {
        return warmup == 0 && accesses > 1
                ? format(
                        "a warm-up of %d access{es} counts only the second half of this run",
                        accesses / 2)
                : "a longer run with a longer warm-up shows it";
    }
}
