package org.nestwalk.report.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.report.compare.ResultComparison.Difference;
import org.nestwalk.report.compare.ResultComparison.Figure;

/// Results of the same kind are held against each other by the names of what is in them.
class ResultComparisonTest {
    private static SavedResult result(String name, String fields) {
        return SavedResult.of(
                name,
                "{\"format\":\"nestwalk-run\",\"version\":1," + fields.replace('\'', '"') + "}");
    }

    private static ResultComparison compared(String... fields) {
        SavedResult[] results = new SavedResult[fields.length];
        for (int i = 0; i < fields.length; i++) {
            results[i] = result((char) ('a' + i) + ".json", fields[i]);
        }
        return ResultComparison.of(List.of(results));
    }

    @Test
    void elementsAreFoundByTheirNamesInAnyOrder() {
        ResultComparison comparison =
                compared(
                        "'setups':[{'name':'native','cycles':100},{'name':'nested','cycles':200}]",
                        "'setups':[{'name':'nested','cycles':150},{'name':'native','cycles':100}]");
        assertThat(comparison.figures())
                .containsExactly(
                        new Figure(
                                "nested",
                                "cycles",
                                null,
                                List.of("200", "150"),
                                List.of(200.0, 150.0),
                                List.of(-0.25)));
        assertThat(comparison.same()).isEqualTo(3);
    }

    @Test
    void singleElementsAreHeldAgainstEachOtherWhateverTheyAreCalled() {
        ResultComparison comparison =
                compared(
                        "'runs':[{'workload':'gups','walks':10}]",
                        "'runs':[{'workload':'zipf','walks':30}]",
                        "'runs':[{'workload':'gups','walks':5}]");
        assertThat(comparison.words())
                .containsExactly(new Difference("workload", List.of("gups", "zipf", "gups")));
        assertThat(comparison.figures().getFirst().changes()).containsExactly(2.0, -0.5);
    }

    @Test
    void whatTwoWordsNameTogetherIsFound() {
        ResultComparison comparison =
                compared(
                        "'moves':[{'guest':'a','policy':'x','ns':1},{'guest':'a','policy':'y','ns':2},"
                            + "{'guest':'b','policy':'x','ns':3}]",
                        "'moves':[{'guest':'a','policy':'x','ns':1},{'guest':'a','policy':'y','ns':4},"
                            + "{'guest':'b','policy':'x','ns':3}]");
        assertThat(comparison.figures())
                .extracting(Figure::of, Figure::name)
                .containsExactly(tuple("a y", "ns"));
    }

    @Test
    void manifestsAreComparedByValueOnly() {
        ResultComparison comparison =
                compared(
                        "'manifest':{'seed':1,'parameters':[{'path':'ways','value':'4','source':'p'},"
                            + "{'path':'sets','value':'2'}]}",
                        "'manifest':{'seed':2,'parameters':[{'path':'ways','value':'8','source':'q'}]}");
        assertThat(comparison.manifest())
                .containsExactly(
                        new Difference("seed", List.of("1", "2")),
                        new Difference("ways", List.of("4", "8")),
                        new Difference("sets", List.of("2", "")));
        assertThat(comparison.figures()).isEmpty();
    }

    @Test
    void whatOnlyOneHasIsSaid() {
        ResultComparison comparison =
                compared(
                        "'setups':[{'name':'native','cycles':1},{'name':'flat','cycles':2}],"
                                + "'intervals':[{'index':0,'x':1},{'index':1,'x':2}]",
                        "'setups':[{'name':'native','cycles':1},{'name':'shadow','cycles':2}],"
                                + "'intervals':[{'index':0,'x':1},{'index':1,'x':3}]");
        assertThat(comparison.unmatched())
                .containsExactly(
                        "Only in a.json: flat.",
                        "Only in b.json: shadow.",
                        "Not compared, as their elements have no names: intervals.");
    }

    @Test
    void mapsAreNotComparedCellByCell() {
        ResultComparison comparison =
                compared(
                        "'map':{'width':2,'cells':[[1,2],[3]]}",
                        "'map':{'width':2,'cells':[[1,5]]}");
        assertThat(comparison.words()).isEmpty();
        assertThat(comparison.unmatched())
                .containsExactly("Not compared, as their elements have no names: map cells.");
    }

    @Test
    void claimsThatTurnAreNamed() {
        ResultComparison comparison =
                compared(
                        "'claims':[{'effect':'pays','held':true},{'sentence':'x'}]",
                        "'claims':[{'effect':'pays','held':false},{'sentence':'y'}]");
        assertThat(comparison.claims())
                .containsExactly(new Difference("pays", List.of("yes", "no")));
    }

    @Test
    void changesFromNothingAreNoPercentages() {
        ResultComparison comparison = compared("'walks':0,'exits':-4", "'walks':3,'exits':-2");
        assertThat(comparison.figures().getFirst().changes()).isNull();
        assertThat(comparison.figures().getLast().changes()).containsExactly(0.5);
        assertThat(new TextRenderer(80).text(ComparisonText.of(comparison)))
                .containsPattern("walks +0 +3 +-\n")
                .containsPattern("exits +-4 +-2 +\\+50 %");
    }

    @Test
    void figuresHaveTheUnitsOfTheirSchema() {
        String text =
                new TextRenderer(100)
                        .text(
                                ComparisonText.of(
                                        compared(
                                                "'pageTableBytes':4096,'n':1234567",
                                                "'pageTableBytes':8192,'n':1234568")));
        assertThat(text).contains("4 KiB", "8 KiB", "+100 %", "1,234,567", "+0.0 %");
        String move =
                "{\"format\":\"nestwalk-lab\",\"version\":2,\"experiment\":\"migration\",\"result\":"
                    + "{\"moves\":[{\"policy\":\"deadline\",\"downtime\":%d,\"bytes\":%d}]}}";
        ResultComparison moves =
                ResultComparison.of(
                        List.of(
                                SavedResult.of("a", move.formatted(1_500, 4_096)),
                                SavedResult.of("b", move.formatted(3_000_000, 8_192))));
        assertThat(new TextRenderer(100).text(ComparisonText.of(moves)))
                .containsPattern("downtime +1.50 us +3.00 ms")
                .containsPattern("bytes +4 KiB +8 KiB");
    }

    @Test
    void equalResultsDifferInNothing() {
        String fields = "'walks':3,'manifest':{'seed':1}";
        String text = new TextRenderer(100).text(ComparisonText.of(compared(fields, fields)));
        assertThat(text)
                .contains("1 figure is the same in all, and 0 differ.", "They were run alike");
    }

    @Test
    void otherKindsAreRefused() {
        SavedResult run = result("a.json", "'walks':3");
        SavedResult vm = SavedResult.of("b.json", "{\"format\":\"nestwalk-vm\",\"version\":2}");
        SavedResult lab =
                SavedResult.of(
                        "c.json",
                        "{\"format\":\"nestwalk-lab\",\"version\":2,\"experiment\":\"hint\"}");
        for (SavedResult other : List.of(vm, lab)) {
            assertThatThrownBy(() -> ResultComparison.of(List.of(run, other)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(other.kind())
                    .hasMessageContaining("only results of the same kind");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1", "12", "null", "{}", "{\"format\":\"other\"}", "<html>"})
    void whatIsNoResultIsRefused(String text) {
        assertThatThrownBy(() -> SavedResult.of("a.json", text))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("a.json is not a result of Nestwalk: ");
    }
}
