package org.nestwalk.lab.fork;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Bars.Part;
import org.nestwalk.document.Bars.Row;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;

/// A guest and those that were forked from it, as a tree with the pages of each.
public final class FamilyChart {
    private static final Part OWN = Part.of("own").meaning("nobody else has their memory");
    private static final Part SHARED = Part.of("shared").meaning("others have their memory, too");
    private static final Part UNTOUCHED =
            Part.of("untouched").meaning("inherited, and not touched yet");

    private FamilyChart() {}

    /// The tree: each guest below the one that it was forked from.
    ///
    /// @param method how memory was passed on
    /// @param family as [ForkResult#family] has it
    /// @param guests how many there are in all
    public static Bars of(String method, List<ForkResult.Relative> family, int guests) {
        boolean touchesKnown = family.stream().anyMatch(one -> one.untouched() != null);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < family.size(); i++) {
            ForkResult.Relative one = family.get(i);
            List<Cell> cells = new ArrayList<>();
            cells.add(pages(one.own()));
            cells.add(pages(one.shared()));
            if (touchesKnown) {
                cells.add(pages(one.untouched()));
            }
            rows.add(new Row(branch(one, i + 1 == family.size()) + one.name(), cells));
        }
        Measure things = Measure.of("guest");
        return new Bars(
                "family of guests, " + method,
                Measure.of("pages").in("of 4 KiB"),
                family.size() < guests
                        ? things.meaning(
                                Figures.format(
                                        "the first %,d of %,d are shown", family.size(), guests))
                        : things,
                touchesKnown ? List.of(OWN, SHARED, UNTOUCHED) : List.of(OWN, SHARED),
                rows,
                Bars.Form.STACKED);
    }

    private static String branch(ForkResult.Relative one, boolean last) {
        if (one.from() == null) {
            return "";
        }
        return last ? "└ " : "├ ";
    }

    private static Cell pages(@Nullable Long pages) {
        return Cell.optional("%,d", pages);
    }
}
