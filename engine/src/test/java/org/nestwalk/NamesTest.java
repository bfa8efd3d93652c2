package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "gups, gups, 0",
        "GUPS, gups, 0",
        "gup, gups, 1",
        "gusp, gups, 2",
        "'', abc, 3",
        "kitten, sitting, 3"
    })
    void distanceIsThatOfLevenshtein(String a, String b, int distance) {
        assertThat(Names.distance(a, b)).isEqualTo(distance);
        assertThat(Names.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void namesThatAreNotAloneAreNumbered() {
        assertThat(Names.numbered(List.of("gups", "btree", "gups")))
                .containsExactly("gups#1", "btree", "gups#2");
    }

    @Test
    void theClosestNameIsSuggestedIfItIsClose() {
        List<String> known = List.of("gups", "btree", "graph-bfs", "zen3", "zen4");

        assertThat(Names.suggestion("gup", known)).isEqualTo(" (did you mean gups?)");
        assertThat(Names.suggestion("graphbfs", known)).isEqualTo(" (did you mean graph-bfs?)");
        assertThat(Names.suggestion("Zen4", known)).isEqualTo(" (did you mean zen4?)");
        assertThat(Names.suggestion("mytrace", known)).isEmpty();
        assertThat(Names.suggestion("", known)).isEmpty();
    }
}
