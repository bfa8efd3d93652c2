package org.nestwalk.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;

class ChartsTest {
    @Test
    void rocGoesFromNothingToEverythingBesideGuessing() {
        Series.Line line =
                RocChart.line(
                        "detector",
                        List.of(new Series.Point(0.1, 0.7), new Series.Point(1, 1)),
                        Series.Point::x,
                        Series.Point::y);
        assertThat(line.points())
                .containsExactly(
                        new Series.Point(0, 0), new Series.Point(0.1, 0.7), new Series.Point(1, 1));
        assertThat(RocChart.of("of an attack", List.of(line)).lines())
                .extracting(Series.Line::name)
                .containsExactly("detector", "guessing");
        assertThat(RocChart.of("of none", List.of()).isEmpty()).isTrue();
    }

    @Test
    void publishedRangeHasABarForEachEnd() {
        Bars bars =
                PublishedChart.of(
                        "gains",
                        Measure.of("ratio"),
                        List.of(
                                new PublishedChart.Figure("one", 1.1, 1.2, 1.2),
                                new PublishedChart.Figure("range", 1.3, 1.4, 1.6)));
        assertThat(bars.parts()).extracting(Bars.Part::name).hasSize(3);
        assertThat(bars.rows().getFirst().cells().getLast().value()).isNull();
        assertThat(bars.rows().getLast().cells().getLast().value()).isEqualTo(1.6);
    }
}
