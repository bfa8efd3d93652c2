package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;

final class RowsTest {
    @Test
    void aGroupSelectsItsRowsInTheOrderOfTheTable() {
        assertThat(names("start", "walks"))
                .containsExactly("walks-gups", "walks-zipf", "walks-seq", "start");
    }

    @Test
    void aRowSelectedTwiceIsMeasuredOnce() {
        assertThat(names("walks-seq", "walks-seq")).containsExactly("walks-seq");
    }

    @Test
    void withoutASelectionEveryRowIsMeasured() {
        assertThat(names()).hasSizeGreaterThan(15).doesNotHaveDuplicates();
    }

    @Test
    void partOfANameIsNoName() {
        assertThatThrownBy(() -> names("walk"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--only: there is no row 'walk'; rows are tlbs-gups, ");
    }

    private static List<String> names(String... selection) {
        return Rows.select(List.of(selection)).stream().map(Row::name).toList();
    }
}
