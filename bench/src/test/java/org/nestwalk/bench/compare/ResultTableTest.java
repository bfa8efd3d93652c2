package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ResultTableTest {
    @Test
    void numbersAreAlignedToTheRightAndNothingTrails() {
        Pairs pairs = new Pairs();
        pairs.add(123, 100);
        List<Line> lines =
                List.of(
                        Line.compared("walks", "gups", " M/s", pairs, Target.ratio(0.7)),
                        Line.information("  more", "", "5 M/s", "-"));
        assertThat(ResultTable.text(lines))
                .isEqualTo(
                        """
                        work    stream  Nestwalk  against     ratio (range)  target   met?
                        walks   gups     123 M/s  100 M/s  1.23 (1.23-1.23)  >= 0.70  yes
                          more             5 M/s                                      -
                        """);
    }
}
