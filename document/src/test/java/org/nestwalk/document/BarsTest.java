package org.nestwalk.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.text.TextRenderer;

/// Bars and grids of words are tables where there are only characters; pictures are left out there.
class BarsTest {
    private static Bars bars(Cell... cells) {
        return new Bars(
                "where cycles go",
                Measure.of("translation").in("cycles").lessIsBetter(),
                Measure.of("setup"),
                List.of(Bars.Part.of("L1D").in("guest"), Bars.Part.of("flags").meaning("updates")),
                List.of(new Bars.Row("native", List.of(cells))),
                Bars.Form.STACKED);
    }

    private static final Grid WORDS =
            new Grid(
                    "",
                    Measure.of("best policy"),
                    Measure.of("dirties a second"),
                    Measure.of("working set"),
                    List.of(new Grid.Label("", "1 MiB"), new Grid.Label("", "2 MiB")),
                    List.of(
                            new Grid.Row(
                                    new Grid.Label("", "9 MiB"),
                                    List.of(Cell.text("post-copy"), Cell.no("none")))),
                    Grid.Form.WORDS);

    private static String text(Document document) {
        return new TextRenderer(80).text(document);
    }

    @Test
    void barsAreATableOfTheirParts() {
        Document document =
                new Document().bars(bars(Cell.number("%,d", 1_200), Cell.number("%,d", 3)));
        assertThat(text(document))
                .startsWith("where cycles go\n")
                .contains("guest", "translation", "native", "1,200", "flags: updates.");
        assertThat(CsvRenderer.text(document))
                .isEqualTo("setup,guest L1D,translation cycles flags\r\nnative,1200,3\r\n");
    }

    @Test
    void barHasAFigureForEachPart() {
        assertThatIllegalArgumentException().isThrownBy(() -> bars(Cell.none()));
    }

    @Test
    void wordsAreATableUnderWhatTheColumnsAre() {
        Document document = new Document().grid(WORDS);
        assertThat(text(document))
                .contains("working set", "dirties a second", "1 MiB", "post-copy", "none");
        assertThat(CsvRenderer.text(document))
                .contains(",9 MiB,1 MiB,post-copy\r\n", ",9 MiB,2 MiB,none\r\n");
    }

    @Test
    void picturesAreNeitherTextNorCsv() {
        Document document =
                new Document()
                        .paragraph("before")
                        .pictures(new Document().bars(bars(Cell.none(), Cell.none())).grid(WORDS))
                        .paragraph("after");
        assertThat(document.blocks()).hasSize(4);
        assertThat(text(document)).isEqualTo("before\n\nafter\n");
        assertThat(CsvRenderer.text(document)).isEmpty();
    }
}
