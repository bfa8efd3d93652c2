package org.nestwalk.lab.labs.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Grid.Label;
import org.nestwalk.document.Measure;
import org.nestwalk.lab.progress.LivePages;

/// The guest's memory at the end of a run, from address 0 row by row.
///
/// @param bytesPerCell how much memory a letter stands for: for what most of its pages are that are
///   backed, as far as they were looked at
/// @param pagesBetween every so many pages, one was looked at
/// @param rows letters: `.` not backed, `s` backed by 4 KiB, `l` in a large page, `o` shared with
///   others, `w` writes trapped, `i` inherited from the virtual machine that it was forked from
public record PageMapReport(long bytesPerCell, int pagesBetween, List<String> rows) {
    // In the order of [LivePages.State].
    private static final String LETTERS = ".slowi";
    private static final List<String> WORDS =
            List.of("none", "4 KiB", "large", "shared", "writes trapped", "inherited");
    private static final int COLUMNS = 64;
    private static final int MOST_ROWS = 32;

    /// Copies the list.
    public PageMapReport {
        rows = List.copyOf(rows);
    }

    static @Nullable PageMapReport of(@Nullable LivePages pages) {
        if (pages == null) {
            return null;
        }
        int all = pages.cells().length;
        int each = Math.max(1, Math.ceilDiv(all, COLUMNS * MOST_ROWS));
        List<String> rows = new ArrayList<>();
        for (int row = 0; row * COLUMNS * each < all; row++) {
            StringBuilder letters = new StringBuilder();
            for (int i = row * COLUMNS; i < (row + 1) * COLUMNS && i * each < all; i++) {
                letters.append(letter(pages.cells(), i * each, Math.min(all, (i + 1) * each)));
            }
            rows.add(letters.toString());
        }
        long page = PageSize.SIZE_4K.bytes();
        return new PageMapReport(page * pages.pagesPerCell() * each, pages.pagesPerCell(), rows);
    }

    /// What most of the cells from `from` to before `to` are, of those that are anything.
    private static char letter(byte[] cells, int from, int to) {
        int[] counts = new int[LETTERS.length()];
        for (int i = from; i < to; i++) {
            counts[LivePages.state(cells[i])]++;
        }
        int most = 0;
        for (int state = 1; state < counts.length; state++) {
            if (counts[state] > 0 && (most == 0 || counts[state] > counts[most])) {
                most = state;
            }
        }
        return LETTERS.charAt(most);
    }

    /// The map as a picture.
    Grid grid() {
        List<Label> columns = new ArrayList<>();
        for (int i = 0; i < rows.getFirst().length(); i++) {
            columns.add(new Label("", "+" + Figures.bytes(i * bytesPerCell)));
        }
        List<Grid.Row> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String row = rows.get(i);
            List<Cell> cells = new ArrayList<>();
            for (int column = 0; column < columns.size(); column++) {
                cells.add(
                        Cell.text(
                                column < row.length()
                                        ? WORDS.get(LETTERS.indexOf(row.charAt(column)))
                                        : ""));
            }
            lines.add(
                    new Grid.Row(
                            new Label("", Figures.bytes((long) i * COLUMNS * bytesPerCell)),
                            cells));
        }
        return new Grid(
                "pages of the guest's memory at the end",
                Measure.of("page")
                        .meaning(
                                Figures.format(
                                        "what backs most of the backed pages of each %s",
                                        Figures.bytes(bytesPerCell))),
                Measure.of("guest-physical address"),
                Measure.of("and beyond"),
                columns,
                lines,
                Grid.Form.WORDS);
    }
}
