package org.nestwalk.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAlignWithoutTrailingSpaces() {
        TextTable table = new TextTable().row("a", "long cell", "x").row("longer", "b", "");
        assertThat(table.text("> ")).isEqualTo("> a       long cell  x\n> longer  b\n");
    }

    @Test
    void rowsMayDifferInLength() {
        assertThat(new TextTable().row("a").row("bc", "d").text("")).isEqualTo("a\nbc  d\n");
    }
}
