package org.nestwalk.document.csv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;

/// Numbers of a column have one unit, which its heading says.
class CsvRendererTest {
    private static String csv(Column column, Cell... cells) {
        Table table = new Table(column);
        for (Cell cell : cells) {
            table.row(cell);
        }
        return CsvRenderer.text(new Document().table(table));
    }

    @Test
    void timesAndBytesSayTheirUnits() {
        assertThat(csv(Column.number("downtime"), Cell.time(1_500), Cell.none(), Cell.time(20)))
                .isEqualTo("downtime (ns)\r\n1500\r\n\r\n20\r\n");
        assertThat(csv(Column.number("tables").of("host"), Cell.bytes(4096)))
                .isEqualTo("host tables (bytes)\r\n4096\r\n");
    }

    @Test
    void aColumnOfSeveralUnitsHasNone() {
        assertThat(csv(Column.number("figure"), Cell.time(5), Cell.number("%d", 7)))
                .isEqualTo("figure\r\n5\r\n7\r\n");
    }

    @Test
    void theUnitOfAColumnIsSaidOnce() {
        assertThat(csv(Column.number("downtime").in("ns"), Cell.time(5)))
                .isEqualTo("downtime (ns)\r\n5\r\n");
    }
}
