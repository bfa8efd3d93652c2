package org.nestwalk.lab.labs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Grid;
import org.nestwalk.lab.progress.LivePages;

class PageMapReportTest {
    private static PageMapReport map(int pagesPerCell, byte... cells) {
        return Objects.requireNonNull(
                PageMapReport.of(
                        new LivePages(
                                0,
                                0,
                                0,
                                (long) pagesPerCell * cells.length,
                                pagesPerCell,
                                cells,
                                null)));
    }

    @Test
    void smallMemoryHasALetterForEachPage() {
        byte[] cells = new byte[70];
        cells[0] = 1;
        cells[63] = 2;
        cells[64] = 3;
        cells[69] = 5;
        PageMapReport map = map(1, cells);
        assertThat(map.bytesPerCell()).isEqualTo(4096);
        assertThat(map.rows()).containsExactly("s" + ".".repeat(62) + "l", "o....i");
        Grid grid = map.grid();
        assertThat(grid.rows().getFirst().cells().getLast()).isEqualTo(Cell.text("large"));
        assertThat(grid.rows().getLast().label().name()).isEqualTo("256 KiB");
    }

    @Test
    void letterIsWhatMostBackedPagesOfItsRangeAre() {
        byte[] cells = new byte[3 * 64 * 32];
        cells[0] = 1;
        cells[3] = 4;
        cells[4] = 2;
        cells[5] = 2;
        PageMapReport map = map(2, cells);
        assertThat(map.bytesPerCell()).isEqualTo(3 * 2 * 4096);
        assertThat(map.rows()).hasSize(32);
        assertThat(map.rows().getFirst()).startsWith("sl.");
    }

    @Test
    void machineWithoutSecondLevelHasNone() {
        assertThat(PageMapReport.of(null)).isNull();
    }
}
